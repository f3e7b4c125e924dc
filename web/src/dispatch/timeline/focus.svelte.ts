// Where the keyboard is on the timeline: on a lane's name, or on one of its stops. One cell takes the
// tab key, the arrow keys go on from there.

import type { Board, Lane } from "../state.svelte";

/** A lane's name, or the booking of a stop. */
export type Cell = { booking: string | null };

/** Page Up and Page Down pass so many lanes. */
const PAGE = 5;

export class Focus {
    #route = $state<string | null>(null);
    #booking = $state<string | null>(null);
    readonly #board: Board;

    constructor(board: Board) {
        this.#board = board;
    }

    /** The lane that holds the cell: the first one where it has gone. */
    laneIn(lanes: readonly Lane[]): Lane | undefined {
        const moved = this.#booking === null ? undefined : this.#board.spot(this.#booking)?.lane;
        const route = moved?.route.id ?? this.#route;
        return lanes.find((lane) => lane.route.id === route) ?? lanes[0];
    }

    get cell(): Cell {
        const isThere = this.#booking !== null && this.#board.spot(this.#booking);
        return { booking: isThere ? this.#booking : null };
    }

    /** The stop that the keyboard is on. */
    get booking(): string | null {
        return this.cell.booking;
    }

    take(lane: Lane, booking: string | null): void {
        this.#route = lane.route.id;
        this.#booking = booking;
    }

    /** Goes where a key says; false where the key says nothing here. */
    onKey(event: KeyboardEvent, lanes: readonly Lane[]): boolean {
        const lane = this.laneIn(lanes);
        if (!lane || event.altKey || event.ctrlKey || event.metaKey) return false;
        const across = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
        if (across !== undefined) this.#goAcross(lane, across);
        const down = { ArrowUp: -1, ArrowDown: 1, PageUp: -PAGE, PageDown: PAGE }[event.key];
        if (down !== undefined) this.#goDown(lanes, lane, down);
        return across !== undefined || down !== undefined;
    }

    #goAcross(lane: Lane, step: number): void {
        const cells = [null, ...lane.visits.map(({ booking_id }) => booking_id)];
        const at = cells.indexOf(this.booking) + step;
        this.take(lane, cells[Math.min(Math.max(at, 0), cells.length - 1)] ?? null);
    }

    /** From a stop to the one of another lane that is nearest in time. */
    #goDown(lanes: readonly Lane[], lane: Lane, step: number): void {
        const to = Math.min(Math.max(lanes.indexOf(lane) + step, 0), lanes.length - 1);
        const next = lanes[to];
        if (!next) return;
        const from = lane.visits.find(({ booking_id }) => booking_id === this.booking);
        const nearest = from && nearestTo(next, Date.parse(from.start_at));
        this.take(next, nearest ?? null);
    }
}

function nearestTo(lane: Lane, at: number): string | undefined {
    const distance = (start: string) => Math.abs(Date.parse(start) - at);
    const [nearest] = [...lane.visits].sort(
        (one, other) => distance(one.start_at) - distance(other.start_at),
    );
    return nearest?.booking_id;
}
