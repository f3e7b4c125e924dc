// A courier's route as the service answers it, and what can be read off it.

import type { Schemas } from "../shared/api";

export type Route = Schemas["RouteView"];
export type Stop = Schemas["StopView"];
export type Device = Schemas["DeviceBody"];
export type Money = Schemas["MoneyBody"];
export type Load = Schemas["LoadView"];

/** The courier has been there and gone on. */
export const isDone = (stop: Stop): boolean => Boolean(stop.left_at);

/** The courier is there now. */
export const isHere = (stop: Stop): boolean => Boolean(stop.arrived_at) && !stop.left_at;

/** The courier told something of it. */
export const isTouched = (stop: Stop): boolean => Boolean(stop.departed_at ?? stop.arrived_at);

/** Nobody expects anyone there yet: the customer has not confirmed. */
export const isHeld = (stop: Stop): boolean => stop.status === "held";

/** A call at the hub on the way, or the way home at the end. */
export const isAtHub = (stop: Stop): boolean => stop.kind === "hub" || stop.kind === "end";

/** The stops that a courier works through: all but the start. */
export const workOf = (route: Route): Stop[] => route.stops.filter((stop) => stop.kind !== "start");

/**
 * What the courier does next: the stop they are at, else the one they set off to, else the first
 * that is left.
 */
export function nextStop(route: Route): Stop | null {
    const left = workOf(route).filter((stop) => !isDone(stop) && !isHeld(stop));
    return left.find(isHere) ?? left.find((stop) => stop.departed_at) ?? left[0] ?? null;
}

/** Which of the route's visits it is, from 1, and how many there are. */
export function numberOf(route: Route, stop: Stop): { at: number; of: number } {
    const visits = route.stops.filter(({ kind }) => kind === "visit");
    return { at: visits.findIndex((s) => s.stop_id === stop.stop_id) + 1, of: visits.length };
}

/** What is taken along from a door: the old devices. */
export const collected = (stop: Stop): Device[] =>
    stop.visit_kind === "delivery" ? [] : (stop.devices ?? []);

/** What is handed over at a door. An exchange that names nothing hands over as many as it takes. */
export function handedOver(stop: Stop): Device[] {
    if (stop.visit_kind === "delivery") return stop.devices ?? [];
    if (stop.visit_kind !== "exchange") return [];
    return stop.handover?.length ? stop.handover : (stop.devices ?? []).map(unnamed);
}

const unnamed = ({ category }: Device): Device => ({ category });

/** What is on board as of now: what the last stop was left with, or what the day began with. */
export function onBoard(route: Route): Load | null {
    const left = route.stops.filter((stop) => stop.kind === "start" || isDone(stop));
    return left.at(-1)?.load_after ?? null;
}

/** When there is something to do: who is early waits for the promise, a break begins as planned. */
export function expectedAt(stop: Stop): string {
    if (stop.kind === "break") return stop.start_at;
    const start = stop.promise?.start;
    return start && Date.parse(start) > Date.parse(stop.eta_at) ? start : stop.eta_at;
}

/** By how many seconds a stop is expected to begin after its promise; not above zero: in time. */
export function lateBy(stop: Stop): number {
    if (!stop.promise) return 0;
    const seen = stop.arrived_at ?? stop.eta_at;
    return (Date.parse(seen) - Date.parse(stop.promise.end)) / 1000;
}

export type Readiness = "account_lock_off" | "data_erased" | "charged" | "id_at_hand";

/** What the customer was asked to have ready, as their tracking link says it. */
export function readiness(stop: Stop): Readiness[] {
    const categories = collected(stop).map((device) => device.category);
    const steps: [Readiness, boolean][] = [
        ["account_lock_off", categories.some((category) => category !== "other")],
        ["data_erased", categories.length > 0],
        ["charged", categories.some((category) => !["desktop", "other"].includes(category))],
        ["id_at_hand", true],
    ];
    return steps.filter(([, isNeeded]) => isNeeded).map(([step]) => step);
}
