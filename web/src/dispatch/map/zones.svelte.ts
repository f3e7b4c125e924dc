// The day's zones, read again now and then: they follow the bookings, but slowly.

import type { FeatureCollection } from "geojson";
import type { Board } from "../state.svelte";
import { collection, zonesOf, type Zones } from "./features";

/** They are read anew at most so often. */
const APART_MS = 20_000;

export class ZoneReader {
    zones = $state.raw<Zones>({ areas: collection([]), labels: collection([]) });
    readonly #board: Board;
    #version: number | null = null;
    #readAt = -Infinity;
    #timer: ReturnType<typeof setTimeout> | undefined;

    constructor(board: Board) {
        this.#board = board;
    }

    /** The day has come to a version. */
    follow(version: number): void {
        if (version === this.#version) return;
        this.#version = version;
        clearTimeout(this.#timer);
        const wait = Math.max(0, this.#readAt + APART_MS - performance.now());
        this.#timer = setTimeout(() => void this.#read(), wait);
    }

    stop(): void {
        clearTimeout(this.#timer);
    }

    async #read(): Promise<void> {
        this.#readAt = performance.now();
        try {
            const { data } = await this.#board.api.GET("/v1/regions/{region}/days/{date}/zones", {
                params: { path: this.#board.day.path },
            });
            this.zones = zonesOf(data as unknown as FeatureCollection);
        } catch {
            // The board itself says what is wrong; the next version is another try.
            this.#version = null;
        }
    }
}
