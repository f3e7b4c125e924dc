// What of a day lies on the map, as GeoJSON.

import type { Feature, FeatureCollection } from "geojson";
import type { Position } from "../../map/datum";
import { hasEnded, isAtRisk, type Lane, type Visit } from "../lanes";
import type { Seen } from "../positions.svelte";
import { whereabouts } from "../whereabouts";

/** How a stop is drawn. */
export type Look = "open" | "held" | "done";

export interface LaneFeatures {
    line: Feature;
    stops: Feature[];
}

const made = new WeakMap<Lane, LaneFeatures>();

/** A route's line and stops; the same objects as long as the lane is the same. */
export function laneFeatures(lane: Lane): LaneFeatures {
    const known = made.get(lane);
    if (known) return known;
    const features = { line: lineOf(lane), stops: lane.visits.map((visit) => stopOf(lane, visit)) };
    made.set(lane, features);
    return features;
}

export const collection = (features: Feature[]): FeatureCollection => ({
    type: "FeatureCollection",
    features,
});

/** Each way by itself: a line without corners is a seventh of the triangles, and stops hide the corners. */
function lineOf(lane: Lane): Feature {
    const stops = lane.route.stops.filter(({ kind }) => kind !== "break");
    const corners = stops.map(({ place }): Position => [place.lon, place.lat]);
    const coordinates = corners.slice(1).map((corner, at) => [corners[at] ?? corner, corner]);
    return {
        type: "Feature",
        id: lane.route.id,
        geometry: { type: "MultiLineString", coordinates },
        properties: propertiesOf(lane),
    };
}

function stopOf(lane: Lane, visit: Visit): Feature {
    // A shipment is two visits of one booking.
    const id = `${lane.route.id} ${visit.ordinal}`;
    return point([visit.place.lon, visit.place.lat], id, {
        ...propertiesOf(lane),
        booking: visit.booking_id,
        ordinal: visit.ordinal,
        look: lookOf(visit),
        risk: isAtRisk(visit),
    });
}

function lookOf(visit: Visit): Look {
    if (hasEnded(visit)) return "done";
    return visit.status === "held" ? "held" : "open";
}

const propertiesOf = ({ route, number, colour }: Lane) => ({
    route: route.id,
    number,
    light: colour.light,
    dark: colour.dark,
});

/** A point of a source; `id` tells it from the others there. */
export function point(
    coordinates: Position,
    id: string,
    properties: Record<string, unknown>,
): Feature {
    return { type: "Feature", id, geometry: { type: "Point", coordinates }, properties };
}

/** Every hub once; `closed` says of one that closes since when. */
export function hubFeatures(
    lanes: readonly Lane[],
    closed: (hub: string) => string | null,
): Feature[] {
    const hubs = new Map(lanes.map(({ route }) => [route.hub.id, route.hub]));
    return [...hubs.values()].map(({ id, name, place }) => {
        const state = closed(id);
        const label = state === null ? name : `${name}\n${state}`;
        return point([place.lon, place.lat], id, { hub: id, label, closed: state !== null });
    });
}

/** Where couriers are: where their phones were seen, else by the plan. `out` says of one that they are. */
export function courierFeatures(
    lanes: readonly Lane[],
    seen: ReadonlyMap<string, Seen>,
    now: number,
    out: string,
): Feature[] {
    return lanes.flatMap((lane) => {
        const state = lane.isOut ? out : "";
        const properties = { ...propertiesOf(lane), courier: lane.route.courier.id, state };
        const place = seen.get(lane.route.courier.id)?.place;
        if (place) return [point([place.lon, place.lat], lane.route.id, properties)];
        const where = whereabouts(lane, now);
        if (!where || where.is === "atHub") return [];
        return [point([where.lon, where.lat], lane.route.id, properties)];
    });
}

/** Zones as the API has them, and a point for the label of each. */
export interface Zones {
    areas: FeatureCollection;
    labels: FeatureCollection;
}

export function zonesOf(areas: FeatureCollection): Zones {
    const labels = areas.features.flatMap(({ geometry, properties }, at) => {
        const middle = middleOf(geometry);
        return middle ? [point(middle, String(at), { ...properties })] : [];
    });
    return { areas, labels: collection(labels) };
}

/** The mean of the corners of the longest ring: near enough for a label. */
function middleOf(geometry: Feature["geometry"]): Position | null {
    if (geometry.type !== "Polygon" && geometry.type !== "MultiPolygon") return null;
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const rings = polygons.map(([outer]) => outer ?? []);
    const longest = rings.reduce((best, ring) => (ring.length > best.length ? ring : best), []);
    if (longest.length === 0) return null;
    const mean = (axis: 0 | 1) =>
        longest.reduce((sum, corner) => sum + (corner[axis] ?? 0), 0) / longest.length;
    return [mean(0), mean(1)];
}
