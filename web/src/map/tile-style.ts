// How an operator's tiles are drawn: pictures as they are; vectors, in the layers of Protomaps' basemap,
// quietly, so that what lies on them stands out. Names are drawn by the browser's own fonts: no glyphs and
// no sprites are loaded from anywhere.

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Tiles } from "./ground";
import { FONT } from "./fonts";
import { palette, type Palette } from "./palette";

const SOURCE = "ground";

export function tileStyle(tiles: Tiles, isDark: boolean, language: string): StyleSpecification {
    const { url, attribution } = tiles;
    if (tiles.isRaster) {
        return {
            version: 8,
            sources: { [SOURCE]: { type: "raster", url, tileSize: 256, attribution } },
            layers: [{ id: "ground", type: "raster", source: SOURCE }],
        };
    }
    return {
        version: 8,
        sources: { [SOURCE]: { type: "vector", url, attribution } },
        layers: vectorLayers(palette(isDark), language),
    };
}

function vectorLayers(colours: Palette, language: string): LayerSpecification[] {
    return [
        { id: "ground", type: "background", paint: { "background-color": colours.ground } },
        area("earth", colours.land),
        area("landuse", colours.green, [
            "park",
            "nature_reserve",
            "forest",
            "wood",
            "grass",
            "golf_course",
        ]),
        area("landcover", colours.green, ["forest", "grassland"]),
        area("water", colours.water),
        river(colours),
        { ...area("buildings", colours.building), minzoom: 14 },
        ...roads(colours),
        boundary(colours),
        ...names(colours, language),
    ];
}

/** An area of a layer, of some kinds alone where they are named. */
function area(layer: string, colour: string, kinds?: string[]): LayerSpecification {
    return {
        id: `ground-${layer}`,
        type: "fill",
        source: SOURCE,
        "source-layer": layer,
        ...(kinds ? { filter: ["in", ["get", "kind"], ["literal", kinds]] } : {}),
        paint: { "fill-color": colour },
    };
}

function river(colours: Palette): LayerSpecification {
    return {
        id: "ground-river",
        type: "line",
        source: SOURCE,
        "source-layer": "water",
        filter: ["==", ["geometry-type"], "LineString"],
        paint: { "line-color": colours.water, "line-width": 1.5 },
    };
}

/** Kinds of roads, from narrow to wide, with their width at zooms 10 and 16. */
const ROADS = [
    ["path", 0, 1.5, 14],
    ["minor_road", 0.3, 6, 12],
    ["major_road", 1, 10, 7],
    ["highway", 1.6, 14, 5],
] as const;

function roads(colours: Palette): LayerSpecification[] {
    const line = (edge: number, colour: string) =>
        ROADS.map(([kind, far, near, minzoom]): LayerSpecification => ({
            id: `ground-${kind}-${edge}`,
            type: "line",
            source: SOURCE,
            "source-layer": "roads",
            minzoom,
            filter: ["==", ["get", "kind"], kind],
            layout: { "line-cap": "round", "line-join": "round" },
            paint: {
                "line-color": colour,
                "line-width": [
                    "interpolate",
                    ["exponential", 1.5],
                    ["zoom"],
                    10,
                    far + edge,
                    16,
                    near + edge,
                ],
            },
        }));
    return [...line(1, colours.roadEdge), ...line(0, colours.road)];
}

function boundary(colours: Palette): LayerSpecification {
    return {
        id: "ground-boundaries",
        type: "line",
        source: SOURCE,
        "source-layer": "boundaries",
        paint: { "line-color": colours.border, "line-width": 1, "line-dasharray": [3, 2] },
    };
}

function names(colours: Palette, language: string): LayerSpecification[] {
    const name: unknown = ["coalesce", ["get", `name:${language}`], ["get", "name"]];
    const text = (size: number) =>
        ({ "text-field": name, "text-font": FONT, "text-size": size }) as Record<string, unknown>;
    const paint = {
        "text-color": colours.quiet,
        "text-halo-color": colours.halo,
        "text-halo-width": 1.2,
    };
    return [
        {
            id: "ground-road-names",
            type: "symbol",
            source: SOURCE,
            "source-layer": "roads",
            minzoom: 14,
            layout: { ...text(11), "symbol-placement": "line" },
            paint,
        },
        {
            id: "ground-places",
            type: "symbol",
            source: SOURCE,
            "source-layer": "places",
            layout: text(13),
            paint,
        },
    ] as LayerSpecification[];
}
