// Routes as they are and as they would be, to be drawn one above the other.

import type { Board, Lane } from "../state.svelte";
import type { BookingChange, Disruption } from "./calls";

export interface Bar {
    booking: string;
    from: number;
    to: number;
    /** It goes to, or comes from, another courier. */
    isMoved: boolean;
    isBroken: boolean;
}

export interface Projection {
    route: string;
    courier: string;
    colour: string;
    before: Bar[];
    after: Bar[];
    paidBefore_s: number;
    paidAfter_s: number;
}

/** The changed routes, before and after. What a report does not name stays as the board has it. */
export function project(board: Board, disruption: Disruption): Projection[] {
    const changes = new Map(disruption.bookings.map((change) => [change.booking_id, change]));
    return disruption.routes.map(({ route_id, courier, before, after }) => {
        const lane = board.lane(route_id);
        const kept = lane ? unchanged(lane, changes) : [];
        return {
            route: route_id,
            courier: board.courierName(courier),
            colour: lane?.colour.css ?? "var(--rest)",
            before: [...kept, ...standing(board, disruption, route_id, "before")],
            after: [...kept, ...standing(board, disruption, route_id, "after")],
            paidBefore_s: before?.paid_s ?? 0,
            paidAfter_s: after?.paid_s ?? 0,
        };
    });
}

function unchanged({ visits }: Lane, changes: Map<string, BookingChange>): Bar[] {
    return visits
        .filter(({ booking_id }) => !changes.has(booking_id))
        .map(({ booking_id, start_at, leave_at }) => ({
            booking: booking_id,
            from: Date.parse(start_at),
            to: Date.parse(leave_at),
            isMoved: false,
            isBroken: false,
        }));
}

function standing(
    board: Board,
    { bookings }: Disruption,
    route: string,
    side: "before" | "after",
): Bar[] {
    return bookings.flatMap((change) => {
        const { route_id, start_at } = change[side];
        if (route_id !== route || !start_at) return [];
        const from = Date.parse(start_at);
        const service_s = board.spot(change.booking_id)?.visit.service_s ?? 0;
        return {
            booking: change.booking_id,
            from,
            to: from + service_s * 1000,
            isMoved: change.before.route_id !== change.after.route_id,
            isBroken: side === "after" && change.promise_broken,
        };
    });
}
