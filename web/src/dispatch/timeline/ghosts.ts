// Where carried stops would come to be, and the mark where they would be put in.

import type { Drag } from "../plan/planning.svelte";
import type { Moving } from "../plan/moving.svelte";
import type { Board } from "../state.svelte";
import type { Bar } from "./pieces";

export interface Ghost extends Bar {
    id: string;
    isBroken: boolean;
}

export const NO_GHOSTS: readonly Ghost[] = [];

/** By route, the stops that a checked proposal would put there. */
export function ghostsOf(board: Board, moving: Moving | null): Map<string, Ghost[]> {
    const ghosts = new Map<string, Ghost[]>();
    if (!moving?.report || moving.done) return ghosts;
    for (const { booking_id, after, promise_broken } of moving.report.disruption.bookings) {
        if (!after.route_id || !after.start_at || !moving.bookings.includes(booking_id)) continue;
        const from = Date.parse(after.start_at);
        const service_s = board.spot(booking_id)?.visit.service_s ?? 0;
        const ghost = {
            id: booking_id,
            from,
            to: from + service_s * 1000,
            isBroken: promise_broken,
        };
        ghosts.set(after.route_id, [...(ghosts.get(after.route_id) ?? []), ghost]);
    }
    return ghosts;
}

/** The moment of a route at which what is dragged would be put in. */
export function markerOf(board: Board, { place }: Drag): { route: string; at: number } | null {
    if (place?.to !== "route") return null;
    const visits = board.lane(place.route)?.visits ?? [];
    const { position } = place;
    if (position !== null && typeof position === "object" && "before" in position) {
        const next = visits.findIndex(({ booking_id }) => booking_id === position.before);
        const start = Date.parse(visits[next]?.arrive_at ?? "");
        const left = visits[next - 1]?.leave_at;
        return { route: place.route, at: left ? (Date.parse(left) + start) / 2 : start };
    }
    const end = visits.at(-1)?.leave_at ?? board.lane(place.route)?.route.shift.start ?? "";
    return { route: place.route, at: Date.parse(end) };
}
