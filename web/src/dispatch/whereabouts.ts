// Where couriers are by what is known: where they told that they are, or where the plan has them now.

import type { Stop } from "./day.svelte";
import { hasEnded, type Lane } from "./lanes";

export interface Whereabouts {
    lon: number;
    lat: number;
    /** At the hub, at a visit, or on the way to one. */
    is: "atHub" | "atStop" | "toNext";
    /** Which visit, from 1; 0 at the hub. */
    ordinal: number;
}

const HOUR_MS = 3_600_000;

/** Nothing for who has no visits, or does not work around that time. */
export function whereabouts(lane: Lane, now: number): Whereabouts | null {
    const { route, visits } = lane;
    const isAround =
        now > Date.parse(route.shift.start) - HOUR_MS &&
        now < Date.parse(route.shift.end) + HOUR_MS;
    if (visits.length === 0 || !isAround) return null;
    const stops = route.stops.filter(({ kind }) => kind !== "break");
    const at = lastReached(stops, now);
    const [here, next] = [stops[at], stops[at + 1]];
    if (!here) return null;
    const share = next && !isAtDoor(here) ? shareOfWay(here, next, now) : 0;
    if (!next || share <= 0) return standing(lane, here);
    return {
        lon: between(here.place.lon, next.place.lon, share),
        lat: between(here.place.lat, next.place.lat, share),
        is: ordinalOf(lane, next.booking_id) ? "toNext" : "atHub",
        ordinal: ordinalOf(lane, next.booking_id),
    };
}

/** Which stop was come to last: as told, or where nothing was told, by the plan. */
function lastReached(stops: readonly Stop[], now: number): number {
    const isTold = stops.some((stop) => stop.arrived_at || stop.departed_at);
    const isReached = (stop: Stop) =>
        isTold ? Boolean(stop.arrived_at) || hasEnded(stop) : Date.parse(stop.eta_at) <= now;
    return Math.max(0, stops.findLastIndex(isReached));
}

const isAtDoor = (stop: Stop) => Boolean(stop.arrived_at) && !stop.left_at && !hasEnded(stop);

function shareOfWay(here: Stop, next: Stop, now: number): number {
    const left = Date.parse(next.departed_at ?? here.left_at ?? here.leave_at);
    const arrives = Date.parse(next.eta_at);
    return arrives > left ? Math.min(1, (now - left) / (arrives - left)) : 0;
}

function standing(lane: Lane, { place, booking_id }: Stop): Whereabouts {
    const ordinal = ordinalOf(lane, booking_id);
    return { lon: place.lon, lat: place.lat, is: ordinal ? "atStop" : "atHub", ordinal };
}

function ordinalOf(lane: Lane, booking: Stop["booking_id"]): number {
    return lane.visits.find((visit) => visit.booking_id === booking)?.ordinal ?? 0;
}

const between = (from: number, to: number, share: number) => from + (to - from) * share;
