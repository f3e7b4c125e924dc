// Which routes an event is about, and a board with some of its routes read anew.

import type { StreamEvent } from "../shared/stream";
import type { DayView, Route } from "./day.svelte";

/** Every route. */
export const ALL = "all";

/** The routes that something is about. */
export type Which = typeof ALL | ReadonlySet<string>;

/** More than so many are read with all others. */
const NAMED_MAX = 30;

const ROUTE = /^rte_[0-9a-f]+$/;

/** What happens to a booking on the route where it is. */
const IN_PLACE = new Set(["booking.confirmed", "booking.cancelled", "hold.expired"]);

/**
 * The routes that an event is about: those that it names anywhere, or the one that its booking is known
 * to be on. All, where neither is known.
 */
export function routesOf(
    event: StreamEvent,
    routeOf: (booking: string) => string | undefined,
): Which {
    const found = new Set<string>();
    collect(event.data, found);
    if (found.size > 0) return found;
    const { subject } = (event.data ?? {}) as { subject?: unknown };
    const route = IN_PLACE.has(event.kind) ? routeOf(String(subject)) : undefined;
    return route === undefined ? ALL : new Set([route]);
}

export function routeWith(board: DayView | null, booking: string): string | undefined {
    const isWith = (route: Route) => route.stops.some((stop) => stop.booking_id === booking);
    return board?.routes.find(isWith)?.id;
}

function collect(value: unknown, found: Set<string>): void {
    if (typeof value === "string") {
        if (ROUTE.test(value)) found.add(value);
    } else if (typeof value === "object" && value !== null) {
        for (const part of Object.values(value)) collect(part, found);
    }
}

export function together(one: Which, other: Which): Which {
    if (one === ALL || other === ALL) return ALL;
    const both = new Set([...one, ...other]);
    return both.size > NAMED_MAX ? ALL : both;
}

/** A board with the routes that were asked for as a later answer has them, or has them no more. */
export function merged(board: DayView, answer: DayView, asked: ReadonlySet<string>): DayView {
    const read = new Map(answer.routes.map((route) => [route.id, route]));
    // A service that knows no such question answers everything.
    if (answer.routes.some((route) => !asked.has(route.id))) return answer;
    const kept = board.routes.flatMap((route) =>
        asked.has(route.id) ? taken(read, route) : [route],
    );
    return { ...answer, routes: [...kept, ...read.values()] };
}

function taken(read: Map<string, Route>, route: Route): Route[] {
    const now = read.get(route.id);
    read.delete(route.id);
    return now ? [now] : [];
}
