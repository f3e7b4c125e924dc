// A route as what is drawn of it on its lane: the way, the waiting, what happens at doors, and the
// promised windows. Worked out once for each version of a route.

import type { Route, Stop } from "../day.svelte";

export interface Bar {
    from: number;
    to: number;
}

/** A promised window, which several visits may share. */
export interface Window extends Bar {
    /** Windows that overlap are drawn below one another, in rows from 0. */
    row: number;
}

export type Mark = "done" | "failed" | "late" | "risk" | "frozen" | "locked" | "held";

export interface Visit extends Bar {
    stop: Stop;
    id: string;
    /** Which of the route's visits it is, from 1. */
    number: number;
    /** What is to be seen of its state, the most important first. */
    marks: Mark[];
    /** By how much the promise is missed, as of now. */
    late_s: number;
}

export interface Pieces {
    travel: Bar[];
    waits: Bar[];
    visits: Visit[];
    breaks: Bar[];
    calls: Bar[];
    windows: Window[];
    shift: Bar;
    /** How many visits are late, or said to be at risk. */
    endangered: number;
}

/** Rows of windows below a lane's bars; what overlaps more than that shares the last one. */
const WINDOW_ROWS = 3;

const known = new WeakMap<Route, Pieces>();

export function piecesOf(route: Route): Pieces {
    const found = known.get(route);
    if (found) return found;
    const made = drawn(route);
    known.set(route, made);
    return made;
}

function drawn(route: Route): Pieces {
    const between = route.stops.filter((stop) => stop.kind !== "start");
    const visits = visitsOf(route);
    return {
        travel: between.filter((stop) => stop.travel_s > 0).map(wayTo),
        // Who visits nobody does not wait, either.
        waits: visits.length === 0 ? [] : between.filter((stop) => stop.wait_s > 0).map(waitBefore),
        visits,
        breaks: between.filter((stop) => stop.kind === "break").map(atStop),
        calls: between.filter((stop) => stop.kind === "hub").map(atStop),
        windows: windowsOf(visits),
        shift: { from: Date.parse(route.shift.start), to: Date.parse(route.shift.end) },
        endangered: visits.filter(({ marks }) => marks.includes("late") || marks.includes("risk"))
            .length,
    };
}

const atStop = (stop: Stop): Bar => ({
    from: Date.parse(stop.start_at),
    to: Date.parse(stop.leave_at),
});

function wayTo(stop: Stop): Bar {
    const to = Date.parse(stop.arrive_at);
    return { from: to - stop.travel_s * 1000, to };
}

function waitBefore(stop: Stop): Bar {
    const to = Date.parse(stop.start_at);
    return { from: to - stop.wait_s * 1000, to };
}

function visitsOf(route: Route): Visit[] {
    return route.stops
        .flatMap((stop) => (stop.booking_id ? [{ stop, id: stop.booking_id }] : []))
        .map(({ stop, id }, index) => {
            const late_s = lateness(stop);
            return {
                ...atStop(stop),
                stop,
                id,
                number: index + 1,
                marks: marksOf(stop, late_s),
                late_s,
            };
        });
}

/** Service that has begun was late by what it was; what is ahead is late by what is expected now. */
export function lateness(stop: Stop): number {
    if (!stop.promise) return 0;
    const begins = stop.arrived_at ? stop.start_at : later(stop.start_at, stop.eta_at);
    return Math.max(0, (Date.parse(begins) - Date.parse(stop.promise.end)) / 1000);
}

const later = (one: string, other: string) => (Date.parse(one) > Date.parse(other) ? one : other);

function marksOf(stop: Stop, late_s: number): Mark[] {
    const marks: Mark[] = [];
    if (stop.status === "failed") marks.push("failed");
    if (stop.status === "completed") marks.push("done");
    if (late_s > 0) marks.push("late");
    else if (stop.at_risk) marks.push("risk");
    if (stop.locked) marks.push("locked");
    if (stop.frozen && !["completed", "failed"].includes(stop.status ?? "")) marks.push("frozen");
    if (stop.status === "held") marks.push("held");
    return marks;
}

function windowsOf(visits: readonly Visit[]): Window[] {
    const distinct = new Map<string, Bar>();
    for (const { promise } of visits.map(({ stop }) => stop)) {
        if (!promise) continue;
        const bar = { from: Date.parse(promise.start), to: Date.parse(promise.end) };
        distinct.set(`${bar.from} ${bar.to}`, bar);
    }
    const rowEnds: number[] = [];
    return [...distinct.values()]
        .sort((one, other) => one.from - other.from || one.to - other.to)
        .map((bar) => {
            const free = rowEnds.findIndex((end) => end <= bar.from);
            const row = free >= 0 ? free : Math.min(rowEnds.length, WINDOW_ROWS - 1);
            rowEnds[row] = bar.to;
            return { ...bar, row };
        });
}

/** What stands before a stop's number, so that colour is never alone. */
export const SIGNS: Record<Mark, string> = {
    done: "✓",
    failed: "✕",
    late: "!",
    risk: "?",
    frozen: "",
    locked: "",
    held: "",
};
