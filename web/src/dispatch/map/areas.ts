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
        if (!until || Date.parse(until) <= now) return [];
        const corners = polygon as Position[];
        const isNow = !from || Date.parse(from) <= now;
        const label = isNow
            ? words.blockedUntil(clock(place, until))
            : words.blockedFrom(span(place, from, until));
        const ground: Feature = {
            type: "Feature",
            id: `${number}`,
            geometry: { type: "Polygon", coordinates: [closed(corners)] },
            properties: { isNow },
        };
        return [ground, point(top(corners), `${number} words`, { label })];
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

/** Above the middle of an area, where its words cover nothing of what is inside. */
function top(corners: readonly Position[]): Position {
    const east = corners.map(([lon]) => lon);
    const north = Math.max(...corners.map(([, lat]) => lat));
    return [(Math.min(...east) + Math.max(...east)) / 2, north];
}
