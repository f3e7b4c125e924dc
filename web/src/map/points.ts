// One place as features of a map.

import type { Position } from "./datum";
import type { Features } from "./surface";

/** A point, or nothing. */
export function pointFeatures(place: Position | null): Features {
    const point = place && { type: "Point" as const, coordinates: place };
    const features = point ? [{ type: "Feature" as const, geometry: point, properties: {} }] : [];
    return { type: "FeatureCollection", features };
}
