// Places are WGS-84 everywhere in the pages. The ground of a map may be drawn in another datum: what lies
// on it is then converted, and what is pointed at is converted back.

import gcoord from "gcoord";
import type { FeatureCollection, Geometry } from "geojson";

export type Datum = "wgs84" | "gcj02" | "bd09";

/** Degrees east, degrees north. */
export type Position = [number, number];

const NAMES = { wgs84: gcoord.WGS84, gcj02: gcoord.GCJ02, bd09: gcoord.BD09 } as const;

/** Where a place is drawn on a ground of a datum. */
export function drawn(datum: Datum, position: Position): Position {
    return converted(position, "wgs84", datum);
}

/** The place that is drawn at a position of such a ground. */
export function meant(datum: Datum, position: Position): Position {
    return converted(position, datum, "wgs84");
}

function converted(position: Position, from: Datum, to: Datum): Position {
    return from === to
        ? position
        : (gcoord.transform(position, NAMES[from], NAMES[to]) as Position);
}

/** A collection as it is drawn. */
export function drawnFeatures(datum: Datum, features: FeatureCollection): FeatureCollection {
    if (datum === "wgs84") return features;
    return {
        ...features,
        features: features.features.map((feature) => ({
            ...feature,
            geometry: drawnGeometry(datum, feature.geometry),
        })),
    };
}

function drawnGeometry(datum: Datum, geometry: Geometry): Geometry {
    if (geometry.type === "GeometryCollection") {
        return {
            ...geometry,
            geometries: geometry.geometries.map((one) => drawnGeometry(datum, one)),
        };
    }
    const coordinates = eachPosition(geometry.coordinates, datum);
    return { ...geometry, coordinates } as Geometry;
}

function eachPosition(coordinates: unknown, datum: Datum): unknown {
    if (!Array.isArray(coordinates)) return coordinates;
    if (typeof coordinates[0] === "number") return drawn(datum, coordinates as Position);
    return coordinates.map((inner) => eachPosition(inner, datum));
}
