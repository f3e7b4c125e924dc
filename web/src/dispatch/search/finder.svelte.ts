// Finds couriers by what the page knows, and bookings by asking the service: ids, phone numbers, IMEIs,
// names and addresses are matched there.

import { given, type Schemas } from "../../shared/api";
import type { Board, Lane } from "../state.svelte";

export type FoundBooking = Schemas["FoundBookingView"];

export type Found =
    | { kind: "courier"; key: string; lane: Lane }
    | { kind: "booking"; key: string; booking: FoundBooking };

const COURIERS_MAX = 6;

/** The service wants no fewer characters. */
const CHARACTERS_MIN = 3;

/** Whoever goes on typing is waited for. */
const PAUSE_MS = 150;

export class Finder {
    found = $state.raw<readonly Found[]>([]);
    /** There are more than are listed. */
    hasMore = $state(false);
    /** What is listed is all that there is to what was typed. */
    isDone = $state(true);
    readonly #board: Board;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #asked: AbortController | null = null;

    constructor(board: Board) {
        this.#board = board;
    }

    seek(typed: string): void {
        const words = typed.trim().toLowerCase();
        this.stop();
        this.hasMore = false;
        this.found = words ? this.#couriers(words) : [];
        this.isDone = words.length < CHARACTERS_MIN;
        if (!this.isDone) this.#timer = setTimeout(() => void this.#ask(words), PAUSE_MS);
    }

    stop(): void {
        clearTimeout(this.#timer);
        this.#asked?.abort();
    }

    #couriers(words: string): Found[] {
        const found: Found[] = [];
        for (const lane of this.#board.lanes) {
            const { name, id } = lane.route.courier;
            const isNamed = [name, id].some((text) => text.toLowerCase().includes(words));
            if (isNamed || String(lane.number) === words) {
                found.push({ kind: "courier", key: lane.route.id, lane });
            }
            if (found.length >= COURIERS_MAX) break;
        }
        return found;
    }

    async #ask(query: string): Promise<void> {
        const asked = (this.#asked = new AbortController());
        try {
            const answer = await this.#board.api.GET("/v1/regions/{region}/days/{date}/bookings", {
                params: { path: this.#board.day.path, query: { query } },
                signal: asked.signal,
            });
            const { bookings, more } = given(answer);
            const found = bookings.map((booking): Found => ({
                kind: "booking",
                key: booking.booking_id,
                booking,
            }));
            this.found = [...this.found, ...found];
            this.hasMore = more;
        } catch {
            if (asked.signal.aborted) return;
        }
        this.isDone = true;
    }
}
