// Places as features of a map.

import type { Position } from "./datum";
import type { Features } from "./surface";

export function pointFeatures(places: readonly Position[]): Features {
    const features = places.map((coordinates) => ({
        type: "Feature" as const,
        geometry: { type: "Point" as const, coordinates },
        properties: {},
    }));
    return { type: "FeatureCollection", features };
}
