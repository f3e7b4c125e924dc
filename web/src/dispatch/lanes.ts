// The routes of a board with what every panel needs of them: number, colour, visits, work, progress.

import { nthColour, type Colour } from "../shared/colour";
import type { Route, Stop } from "./day.svelte";

export type Visit = Stop & {
    booking_id: string;
    promise: { start: string; end: string };
    /** From 1: a stop's `seq` counts the start and the break, too. */
    ordinal: number;
};

/** Seconds of a shift by what they are spent on. */
export interface Work {
    door: number;
    road: number;
    rest: number;
    free: number;
    shift: number;
}

export interface Lane {
    route: Route;
    /** Of the courier, from 1: shown wherever the colour is. */
    number: number;
    colour: Colour;
    visits: readonly Visit[];
    work: Work;
    /** Visits that have ended, one way or another. */
    done: number;
    /** Visits whose promise may not be kept, or was not. */
    atRisk: number;
    /** The courier is ill, or cannot go on. */
    isOut: boolean;
}

// Making one takes longer than a day's comparisons.
const { compare } = new Intl.Collator("en", { numeric: true });

/** The day's couriers in the order of their ids, in which they have their numbers. */
export function rosterOf(routes: readonly Route[]): Map<string, number> {
    const ids = [...new Set(routes.map((route) => route.courier.id))];
    ids.sort(compare);
    return new Map(ids.map((id, at) => [id, at + 1]));
}

/**
 * Makes lanes of routes, and of the couriers who are out; a route that is the same object as before keeps
 * its lane.
 */
export function laneMaker(): (routes: readonly Route[], out: ReadonlySet<string>) => Lane[] {
    let known = new Map<Route, Lane>();
    return (routes, out) => {
        const roster = rosterOf(routes);
        const lanes = routes.map((route) => {
            const number = roster.get(route.courier.id) ?? 0;
            const isOut = out.has(route.courier.id);
            const before = known.get(route);
            const isSame = before?.number === number && before.isOut === isOut;
            return isSame ? before : laneOf(route, number, isOut);
        });
        known = new Map(lanes.map((lane) => [lane.route, lane]));
        return lanes.sort((a, b) => a.number - b.number || startOf(a) - startOf(b));
    };
}

const startOf = (lane: Lane) => Date.parse(lane.route.shift.start);

function laneOf(route: Route, number: number, isOut: boolean): Lane {
    const visits = visitsOf(route);
    return {
        route,
        number,
        colour: nthColour(number),
        visits,
        work: workOf(route),
        done: visits.filter(hasEnded).length,
        atRisk: visits.filter(isAtRisk).length,
        isOut,
    };
}

export function hasEnded(stop: Stop): boolean {
    return stop.status === "completed" || stop.status === "failed";
}

/** The promise may not be kept, by what is known or by the plan, and the visit is still ahead. */
export function isAtRisk(visit: Visit): boolean {
    const isLate = Date.parse(visit.start_at) > Date.parse(visit.promise.end);
    return (visit.at_risk === true || isLate) && !hasEnded(visit);
}

function visitsOf(route: Route): Visit[] {
    const visits = route.stops.filter(isVisit);
    return visits.map((stop, at) => ({ ...stop, ordinal: at + 1 }));
}

function isVisit(stop: Stop): stop is Omit<Visit, "ordinal"> {
    return stop.kind === "visit" && Boolean(stop.booking_id) && Boolean(stop.promise);
}

function workOf(route: Route): Work {
    const shift = (Date.parse(route.shift.end) - Date.parse(route.shift.start)) / 1000;
    let [door, rest] = [0, 0];
    for (const { kind, service_s } of route.stops) {
        if (kind === "visit" || kind === "hub") door += service_s;
        if (kind === "break") rest += service_s;
    }
    const free = Math.max(0, shift - door - rest - route.travel_s);
    return { door, road: route.travel_s, rest, free, shift };
}
