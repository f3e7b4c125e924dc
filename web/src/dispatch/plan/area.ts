// An area around places: the smallest convex one that holds a circle around each.

import type { Schemas } from "../../shared/api";

type Area = Schemas["AreaView"];

/** How an area is said: drawn on the map, or around bookings. */
export type Way = "drawn" | "around";

export type Corner = [lon: number, lat: number];

interface At {
    lon: number;
    lat: number;
}

/** Corners of a circle; its sides leave it by less than a fiftieth of the radius. */
const CORNERS = 16;

const METRES_PER_DEGREE = 111_320;

/** In WGS-84, counter-clockwise and not closed; nothing around nothing. */
export function areaAround(places: readonly At[], radius_m: number): Corner[] {
    return hull(places.flatMap((place) => circle(place, radius_m)));
}

/** Whether a place is in a region's area; on its edge is either. */
export function isInArea(area: Area, [lon, lat]: readonly [number, number]): boolean {
    if ("bbox" in area) {
        const [west = 0, south = 0, east = 0, north = 0] = area.bbox;
        return lon >= west && lon <= east && lat >= south && lat <= north;
    }
    return isInside(area.polygon as Corner[], lon, lat);
}

/** By the number of sides that a ray to the right crosses. */
export function isInside(ring: readonly Corner[], x: number, y: number): boolean {
    let inside = false;
    ring.forEach(([ax, ay], at) => {
        const [bx, by] = ring[(at + 1) % ring.length] ?? [ax, ay];
        const crosses = ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax;
        if (crosses) inside = !inside;
    });
    return inside;
}

function circle({ lon, lat }: At, radius_m: number): Corner[] {
    const north = radius_m / METRES_PER_DEGREE;
    const east = north / Math.cos((lat * Math.PI) / 180);
    return Array.from({ length: CORNERS }, (_, at): Corner => {
        const angle = (2 * Math.PI * at) / CORNERS;
        return [lon + east * Math.cos(angle), lat + north * Math.sin(angle)];
    });
}

/** Andrew's monotone chain. */
function hull(points: readonly Corner[]): Corner[] {
    const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const lower = chain(sorted);
    const upper = chain(sorted.reverse());
    return [...lower.slice(0, -1), ...upper.slice(0, -1)];
}

function chain(points: readonly Corner[]): Corner[] {
    const found: Corner[] = [];
    for (const point of points) {
        while (found.length > 1 && !turnsLeft(found.at(-2), found.at(-1), point)) found.pop();
        found.push(point);
    }
    return found;
}

function turnsLeft(from: Corner | undefined, over: Corner | undefined, to: Corner): boolean {
    if (!from || !over) return true;
    return (over[0] - from[0]) * (to[1] - from[1]) > (over[1] - from[1]) * (to[0] - from[0]);
}
