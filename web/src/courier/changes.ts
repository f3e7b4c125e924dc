// What is different about a route since its courier last looked: told in words, never silently.

import { isHeld, isTouched, type Route, type Stop } from "./route";

export type Change =
    | { kind: "added" | "taken_away" | "moved" | "details"; stop: Stop }
    | { kind: "promise" | "later" | "earlier"; stop: Stop; before: Stop }
    | { kind: "hub_call_added" | "hub_call_removed"; stop: Stop }
    | { kind: "shift" | "end_hub"; before: Route; after: Route }
    | { kind: "another_route" };

/** A visit that is planned earlier or later by less is not worth a word. */
const SHIFT_MS_MIN = 10 * 60_000;

/**
 * What has changed between two answers for one day, the most important first. What the courier
 * told of by themselves is no news: stops that they have been to or are on the way to are left
 * out, and so are times where only their own progress has moved them.
 */
export function changes(before: Route, after: Route): Change[] {
    if (before.id !== after.id) return [{ kind: "another_route" }];
    const [was, is] = [waiting(before), waiting(after)];
    const expected = before.stops.filter((stop) => !isHeld(stop));
    const known = new Set(expected.map(({ stop_id }) => stop_id));
    const left = new Set(after.stops.map(({ stop_id }) => stop_id));
    const visits = (stops: Stop[]) => stops.filter((stop) => stop.kind === "visit");
    const added = visits(is).filter((stop) => !known.has(stop.stop_id));
    const gone = visits(was).filter((stop) => !left.has(stop.stop_id));
    const pairs = paired(was, is);
    return [
        ...gone.map((stop): Change => ({ kind: "taken_away", stop })),
        ...added.map((stop): Change => ({ kind: "added", stop })),
        ...pairs.filter(hasPromiseMoved).map(([before, stop]): Change => {
            return { kind: "promise", stop, before };
        }),
        ...moved(pairs).map((stop): Change => ({ kind: "moved", stop })),
        ...pairs.filter(hasNewDetails).map(([, stop]): Change => ({ kind: "details", stop })),
        ...(isSameProgress(before, after) ? pairs.flatMap(shifted) : []),
        ...hubCalls(was, is, known, left),
        ...ofTheDay(before, after),
    ];
}

type Pair = [before: Stop, after: Stop];

const waiting = (route: Route) => route.stops.filter((stop) => !isTouched(stop) && !isHeld(stop));

function paired(was: Stop[], is: Stop[]): Pair[] {
    const before = new Map(was.map((stop) => [stop.stop_id, stop]));
    return is.flatMap((stop): Pair[] => {
        const old = before.get(stop.stop_id);
        return old && stop.kind === "visit" ? [[old, stop]] : [];
    });
}

const hasPromiseMoved = ([before, after]: Pair) =>
    before.promise?.start !== after.promise?.start || before.promise?.end !== after.promise?.end;

function hasNewDetails([before, after]: Pair): boolean {
    const told = ({ contact, devices, handover, visit_kind }: Stop) =>
        JSON.stringify([contact, devices, handover, visit_kind]);
    return told(before) !== told(after);
}

/** The fewest stops that have to change their place for the one order to become the other. */
function moved(pairs: Pair[]): Stop[] {
    const kept = new Set(longestRise(pairs.map(([before]) => before.seq)));
    return pairs.filter((_, index) => !kept.has(index)).map(([, after]) => after);
}

/** The indices of a longest rising subsequence; quadratic, for a day's few dozen stops. */
function longestRise(values: number[]): number[] {
    const best: number[][] = [];
    for (const [index, value] of values.entries()) {
        const before = best.filter((rise) => (values[rise.at(-1) ?? 0] ?? 0) < value);
        best.push([...longest(before), index]);
    }
    return longest(best);
}

const longest = (rises: number[][]): number[] =>
    rises.reduce((longest, rise) => (rise.length > longest.length ? rise : longest), []);

function shifted([before, after]: Pair): Change[] {
    const by = Date.parse(after.start_at) - Date.parse(before.start_at);
    if (Math.abs(by) < SHIFT_MS_MIN) return [];
    return [{ kind: by > 0 ? "later" : "earlier", stop: after, before }];
}

/** Whether the courier has told of the same in both. */
export function isSameProgress(before: Route | null, after: Route | null): boolean {
    const told = (route: Route | null) =>
        (route?.stops ?? [])
            .map(({ stop_id, departed_at, arrived_at, left_at }) =>
                [stop_id, departed_at, arrived_at, left_at].join(),
            )
            .filter((facts) => /,.*\d/.test(facts))
            .sort()
            .join(";");
    return told(before) === told(after);
}

function hubCalls(was: Stop[], is: Stop[], known: Set<string>, left: Set<string>): Change[] {
    const calls = (stops: Stop[]) => stops.filter((stop) => stop.kind === "hub");
    const added = calls(is).filter((stop) => !known.has(stop.stop_id));
    const gone = calls(was).filter((stop) => !left.has(stop.stop_id));
    return [
        ...added.map((stop): Change => ({ kind: "hub_call_added", stop })),
        ...gone.map((stop): Change => ({ kind: "hub_call_removed", stop })),
    ];
}

function ofTheDay(before: Route, after: Route): Change[] {
    const found: Change[] = [];
    const { shift: was } = before;
    const { shift: is } = after;
    if (was.start !== is.start || was.end !== is.end) found.push({ kind: "shift", before, after });
    if (before.hub.id !== after.hub.id) found.push({ kind: "end_hub", before, after });
    return found;
}
