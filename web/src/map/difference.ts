// What differs between two states of a source, so that a change of one feature lays one feature anew:
// the others stay as they are, and only the parts of the map that it is in are drawn again.

import type { Feature, FeatureCollection } from "geojson";

export interface Difference {
    remove: string[];
    /** New ones, and those that have changed. */
    add: Feature[];
}

/**
 * Nothing where a feature has no id of text: such a collection is laid as a whole. Ids are unique within it.
 * Linear; only features that are other objects than before are looked into.
 */
export function differenceOf(
    before: FeatureCollection,
    after: FeatureCollection,
): Difference | null {
    const known = new Map<string, Feature>();
    for (const feature of before.features) {
        if (typeof feature.id !== "string") return null;
        known.set(feature.id, feature);
    }
    const add: Feature[] = [];
    for (const feature of after.features) {
        if (typeof feature.id !== "string") return null;
        const was = known.get(feature.id);
        known.delete(feature.id);
        if (!was || !isSame(was, feature)) add.push(feature);
    }
    return { remove: [...known.keys()], add };
}

function isSame(one: Feature, other: Feature): boolean {
    return one === other || JSON.stringify(one) === JSON.stringify(other);
}
