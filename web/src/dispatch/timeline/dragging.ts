// Stops carried by the pointer. Fingers scroll the timeline instead: for them there is the form.

import { isThere, placeAt, type Place } from "../plan/places";
import type { Planning } from "../plan/planning.svelte";
import type { Lane } from "../state.svelte";

/** What moves less than so many pixels is a click. */
const CLICK_PX = 5;

/** Nearer to an edge than this, the timeline scrolls; by so much a frame. */
const EDGE_PX = 28;
const SCROLL_PX = 12;

export interface Ground {
    scroller: () => HTMLElement | undefined;
    /** The lane at so many pixels below the first one's top. */
    laneAt: (offset: number) => Lane | undefined;
    /** The moment at so many pixels right of the timeline's left end. */
    momentAt: (offset: number) => number;
}

export class Dragging {
    readonly #planning: Planning;
    readonly #ground: Ground;
    #from: { x: number; y: number; booking: string } | null = null;
    #frame = 0;

    constructor(planning: Planning, ground: Ground) {
        this.#planning = planning;
        this.#ground = ground;
    }

    onPointerDown(event: PointerEvent): void {
        const cell = (event.target as Element).closest<HTMLElement>("[data-booking]");
        const booking = cell?.dataset["booking"];
        if (event.button !== 0 || event.pointerType === "touch" || !booking) return;
        this.#from = { x: event.clientX, y: event.clientY, booking };
        addEventListener("pointermove", this.#move);
        addEventListener("pointerup", this.#up);
        addEventListener("pointercancel", this.#cancel);
        addEventListener("keydown", this.#escape, true);
    }

    readonly #move = (event: PointerEvent): void => {
        const { drag } = this.#planning;
        const from = this.#from;
        if (!from) return;
        const { clientX: x, clientY: y } = event;
        if (!drag && Math.hypot(x - from.x, y - from.y) < CLICK_PX) return;
        event.preventDefault();
        const moving = drag?.moving ?? this.#lift(from.booking);
        this.#planning.drag = { moving, x, y, place: drag?.place ?? null };
        this.#point();
        this.#frame ||= requestAnimationFrame(this.#scroll);
    };

    /** Takes up a stop, and with it the others if it is one of those that are chosen. */
    #lift(booking: string) {
        const { selection } = this.#planning.board;
        if (!selection.bookings.has(booking)) selection.chooseBookings([booking]);
        return this.#planning.newMoving(selection.bookings);
    }

    /** Has the place below the pointer checked. */
    #point(): void {
        const { drag } = this.#planning;
        if (!drag) return;
        const place = this.#placeAt(drag.x, drag.y, new Set(drag.moving.bookings));
        const { board } = this.#planning.board.day;
        const stays = !place || !board || isThere(board, drag.moving.bookings, place);
        this.#planning.drag = { ...drag, place: stays ? null : place };
        if (stays) drag.moving.stop();
        else drag.moving.pointAt(place);
    }

    #placeAt(x: number, y: number, moved: ReadonlySet<string>): Place | null {
        const scroller = this.#ground.scroller();
        const rows = scroller?.querySelector("[role=grid]");
        if (!scroller || !rows) return null;
        const seen = scroller.getBoundingClientRect();
        if (x < seen.left || x > seen.right || y < seen.top || y > seen.bottom) return null;
        const { left, top } = rows.getBoundingClientRect();
        const lane = this.#ground.laneAt(y - top);
        return lane ? placeAt(lane.route, this.#ground.momentAt(x - left), moved) : null;
    }

    readonly #scroll = (): void => {
        this.#frame = 0;
        const { drag } = this.#planning;
        const scroller = this.#ground.scroller();
        if (!drag || !scroller) return;
        const seen = scroller.getBoundingClientRect();
        const toward = (at: number, low: number, high: number) =>
            at < low + EDGE_PX ? -SCROLL_PX : at > high - EDGE_PX ? SCROLL_PX : 0;
        const by = {
            left: toward(drag.x, seen.left, seen.right),
            top: toward(drag.y, seen.top, seen.bottom),
        };
        if (by.left === 0 && by.top === 0) return;
        const was = [scroller.scrollLeft, scroller.scrollTop];
        scroller.scrollBy(by);
        if (was[0] === scroller.scrollLeft && was[1] === scroller.scrollTop) return;
        this.#point();
        this.#frame = requestAnimationFrame(this.#scroll);
    };

    readonly #up = (): void => {
        const wasDragged = this.#planning.drag !== null;
        this.#end();
        // The click that follows would choose the stop that was carried.
        if (wasDragged) addEventListener("click", swallow, { capture: true, once: true });
        setTimeout(() => removeEventListener("click", swallow, { capture: true }));
        this.#planning.drop();
    };

    readonly #cancel = (): void => {
        this.#end();
        this.#planning.cancelDrag();
    };

    readonly #escape = (event: KeyboardEvent): void => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        this.#cancel();
    };

    #end(): void {
        this.#from = null;
        cancelAnimationFrame(this.#frame);
        this.#frame = 0;
        removeEventListener("pointermove", this.#move);
        removeEventListener("pointerup", this.#up);
        removeEventListener("pointercancel", this.#cancel);
        removeEventListener("keydown", this.#escape, true);
    }
}

function swallow(event: Event): void {
    event.stopPropagation();
    event.preventDefault();
}
