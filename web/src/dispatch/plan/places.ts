// Where bookings can go: a place on a route, as a dispatcher points at it and as the API is asked.

import type { Schemas } from "../../shared/api";
import type { DayView, Route } from "../day.svelte";

/** As the API writes it. */
export type Position = "first" | "last" | { before: string } | { after: string };

/** A place to go to. Without a position, it is where it adds the least travel. */
export type Place =
    | { to: "route"; route: string; position: Position | null }
    | { to: "anywhere" }
    | { to: "nowhere" };

export type MoveBody = Schemas["MoveBody"];

/**
 * The moves that bring bookings to a place, in their order. Each goes before the same anchor, or last, so
 * that they stand there as they are given; what is to come after another goes after the one before it.
 */
export function movesTo(bookings: readonly string[], place: Place): MoveBody[] {
    return bookings.map((booking_id, index) => {
        if (place.to === "nowhere") return { booking_id, unassign: true };
        if (place.to === "anywhere") return { booking_id };
        const position = positionOf(place.position, bookings[index - 1]);
        if (position === null) return { booking_id, route_id: place.route };
        if (typeof position === "object") return { booking_id, position };
        return { booking_id, route_id: place.route, position };
    });
}

function positionOf(position: Position | null, previous: string | undefined): Position | null {
    if (previous === undefined || position === null || position === "last") return position;
    const isBefore = typeof position === "object" && "before" in position;
    return isBefore ? position : { after: previous };
}

/** The place at a moment of a route, among the visits that stay there and that nobody has set off to. */
export function placeAt(route: Route, at: number, moved: ReadonlySet<string>): Place {
    const next = route.stops.find((stop) => {
        if (!stop.booking_id || stop.frozen || moved.has(stop.booking_id)) return false;
        return at < (Date.parse(stop.start_at) + Date.parse(stop.leave_at)) / 2;
    });
    const position: Position = next?.booking_id ? { before: next.booking_id } : "last";
    return { to: "route", route: route.id, position };
}

/** Whether bookings stand there already, one after the other. */
export function isThere(board: DayView, bookings: readonly string[], place: Place): boolean {
    if (place.to !== "route" || place.position === null) return false;
    const route = board.routes.find(({ id }) => id === place.route);
    const order = route?.stops.flatMap(({ booking_id }) => booking_id ?? []) ?? [];
    const first = order.indexOf(bookings[0] ?? "");
    if (first < 0 || bookings.some((booking, index) => order[first + index] !== booking))
        return false;
    const next = order[first + bookings.length];
    if (place.position === "last") return next === undefined;
    return typeof place.position === "object" && "before" in place.position
        ? place.position.before === next
        : false;
}

/** Whether two places are the same. */
export function isSame(one: Place, other: Place): boolean {
    return JSON.stringify(one) === JSON.stringify(other);
}

/** Where the bookings stand in the day, in the order in which couriers come to them. */
export function inOrder(board: DayView, bookings: Iterable<string>): string[] {
    const wanted = new Set(bookings);
    const standing = board.routes
        .flatMap((route) => route.stops)
        .filter((stop) => stop.booking_id && wanted.has(stop.booking_id))
        .sort((one, other) => Date.parse(one.start_at) - Date.parse(other.start_at))
        .flatMap(({ booking_id }) => booking_id ?? []);
    return [...new Set([...standing, ...wanted])];
}
