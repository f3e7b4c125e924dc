// What a form has a dispatcher show on the map: the corners of an area, or one place. All in WGS-84.

import type { Position } from "../../map/datum";

export class Sketch {
    /** What the map is asked for now. */
    asked = $state<"area" | "place" | null>(null);
    corners = $state.raw<readonly Position[]>([]);
    place = $state.raw<Position | null>(null);
    #onEnd: () => void = () => {};

    /** Whether the corners make an area. */
    get isArea(): boolean {
        return this.corners.length > 2;
    }

    /** Asks for an area, or for a place; `onEnd` is called when the dispatcher is done, or gives up. */
    ask(what: "area" | "place", onEnd: () => void): void {
        this.asked = what;
        this.#onEnd = onEnd;
        if (what === "area") this.corners = [];
    }

    /** The dispatcher shows a place: another corner, or the one that was asked for. */
    point(position: Position): void {
        if (this.asked === "area") this.corners = [...this.corners, position];
        if (this.asked !== "place") return;
        this.place = position;
        this.end();
    }

    moveCorner(at: number, position: Position): void {
        this.corners = this.corners.with(at, position);
    }

    takeBack(): void {
        this.corners = this.corners.slice(0, -1);
    }

    /** Ends the drawing; too few corners are none. */
    end(): void {
        if (!this.isArea) this.corners = [];
        this.asked = null;
        this.#onEnd();
    }

    cancel(): void {
        if (this.asked === "area") this.corners = [];
        this.end();
    }

    clear(): void {
        this.asked = null;
        this.corners = [];
        this.place = null;
    }
}
