// Blocked areas and closed hubs on the map, with their hours in words.

import type { Feature } from "geojson";
import type { Position } from "../../map/datum";
import { clock, span, type Place } from "../../shared/format";
import type { Messages } from "../messages";
import type { Disturbance } from "../upsets.svelte";
import { point } from "./features";

type Words = Messages["map"];

/** Each area that is, or will be, blocked: its ground, and a point for its words. */
export function areaFeatures(
    areas: readonly Disturbance[],
    now: number,
    place: Place,
    words: Words,
): Feature[] {
    return areas.flatMap(({ number, polygon, from, until }) => {
        if (!polygon || !until || Date.parse(until) <= now) return [];
        const isNow = !from || Date.parse(from) <= now;
        const label = isNow
            ? words.blockedUntil(clock(place, until))
            : words.blockedFrom(span(place, from, until));
        const ground: Feature = {
            type: "Feature",
            id: `${number}`,
            geometry: { type: "Polygon", coordinates: [closed(polygon)] },
            properties: { isNow },
        };
        return [ground, point(middle(polygon), `${number} words`, { label })];
    });
}

/** What is said of a hub that closes; nothing of others. */
export function closedWords(
    since: ReadonlyMap<string, string>,
    place: Place,
    words: Words,
): (hub: string) => string | null {
    return (hub) => {
        const from = since.get(hub);
        return from === undefined ? null : words.hubClosed(clock(place, from));
    };
}

function closed(corners: readonly Position[]): Position[] {
    const [first] = corners;
    return first ? [...corners, first] : [];
}

function middle(corners: readonly Position[]): Position {
    const mean = (axis: 0 | 1) =>
        corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length;
    return [mean(0), mean(1)];
}
