// How the day is drawn on the map, from the ground up.

import type { LayerSpecification } from "maplibre-gl";
import { FONT } from "../../map/fonts";
import { palette, type Palette } from "../../map/palette";

/** Steps of a zone's load, as shares of a shift's work, with the opacity of each. */
export const ZONE_STEPS = [
    [0, 0.04],
    [0.5, 0.09],
    [0.8, 0.15],
    [1, 0.23],
] as const;

/** Layers whose features can be pointed at, the uppermost first. */
export const POINTABLE = ["couriers", "chosen-stops", "stops", "waiting", "chosen-line", "routes"];

/** Layers that step back when something is chosen, with their usual and their quiet opacity. */
export const QUIETED: readonly [layer: string, property: string, usual: number, quiet: number][] = [
    ["routes", "line-opacity", 0.55, 0.13],
    ["stops", "circle-opacity", 0.95, 0.25],
    ["stops", "circle-stroke-opacity", 1, 0.3],
    ["stop-numbers", "text-opacity", 1, 0],
];

/** From here on stops have their numbers, and routes their direction. */
const NEAR_ZOOM = 13.2;

const STOP_RADIUS = ["interpolate", ["linear"], ["zoom"], 9, 2.2, 12, 4, 14, 8.5] as const;

const NUMBER = { "text-font": FONT, "text-allow-overlap": true, "text-ignore-placement": true };

type Paint = Record<string, unknown>;

/** Ground where nobody can be visited: now, or later in the day. */
function areaLayers({ bad, halo }: Palette) {
    const isNow = ["get", "isNow"];
    return [
        {
            id: "areas",
            source: "areas",
            type: "fill",
            filter: ["==", ["geometry-type"], "Polygon"],
            paint: { "fill-color": bad, "fill-opacity": ["case", isNow, 0.22, 0.07] },
        },
        {
            id: "area-edges",
            source: "areas",
            type: "line",
            filter: ["==", ["geometry-type"], "Polygon"],
            paint: { "line-color": bad, "line-width": 2, "line-dasharray": [3, 2] },
        },
        {
            id: "area-words",
            source: "areas",
            type: "symbol",
            filter: ["==", ["geometry-type"], "Point"],
            layout: {
                ...NUMBER,
                "text-field": ["get", "label"],
                "text-size": 12,
                "text-anchor": "bottom",
                "text-offset": [0, -0.3],
            },
            paint: { "text-color": bad, "text-halo-color": halo, "text-halo-width": 2 },
        },
    ];
}

export function dayLayers(isDark: boolean): LayerSpecification[] {
    const colours = palette(isDark);
    const colour = ["get", isDark ? "dark" : "light"];
    const onColour = isDark ? colours.halo : "#ffffff";
    const isLook = (look: string) => ["==", ["get", "look"], look];
    const stopPaint: Paint = {
        "circle-color": ["case", isLook("open"), colour, colours.ground],
        "circle-stroke-color": ["case", isLook("open"), colours.halo, colour],
        "circle-stroke-width": ["case", isLook("open"), 1, 1.8],
    };
    const numbers = {
        "text-color": ["case", isLook("open"), onColour, colours.ink],
    };
    const number = ["case", isLook("done"), "✓", ["to-string", ["get", "ordinal"]]];
    const arrows = (id: string, source: string, minzoom: number) => ({
        id,
        source,
        minzoom,
        type: "symbol",
        layout: {
            "symbol-placement": "line",
            "symbol-spacing": 70,
            "text-field": "▶",
            "text-size": 10,
            "text-font": FONT,
            "text-keep-upright": false,
            "text-allow-overlap": true,
            "text-ignore-placement": true,
        },
        paint: { "text-color": colour, "text-halo-color": colours.halo, "text-halo-width": 1.5 },
    });
    const layers = [
        {
            id: "zones",
            source: "zones",
            type: "fill",
            paint: {
                "fill-antialias": false,
                "fill-color": colours.accent,
                "fill-opacity": [
                    "step",
                    ["get", "share_of_target"],
                    ZONE_STEPS[0][1],
                    ...ZONE_STEPS.slice(1).flat(),
                ],
            },
        },
        {
            id: "zone-edges",
            source: "zones",
            type: "line",
            paint: { "line-color": colours.accent, "line-width": 1, "line-opacity": 0.45 },
        },
        {
            id: "zone-shares",
            source: "zone-labels",
            type: "symbol",
            layout: {
                "text-field": ["get", "label"],
                "text-font": FONT,
                "text-size": 11,
            },
            paint: {
                "text-color": colours.quiet,
                "text-halo-color": colours.halo,
                "text-halo-width": 1.4,
            },
        },
        ...areaLayers(colours),
        {
            id: "routes",
            source: "routes",
            type: "line",
            paint: { "line-color": colour, "line-width": 1.6, "line-opacity": 0.55 },
        },
        arrows("route-arrows", "routes", NEAR_ZOOM),
        {
            id: "stops",
            source: "stops",
            type: "circle",
            paint: { ...stopPaint, "circle-radius": STOP_RADIUS },
        },
        {
            id: "stop-numbers",
            source: "stops",
            type: "symbol",
            minzoom: NEAR_ZOOM,
            layout: { ...NUMBER, "text-field": number, "text-size": 10 },
            paint: numbers,
        },
        {
            id: "chosen-casing",
            source: "chosen",
            type: "line",
            filter: ["!=", ["geometry-type"], "Point"],
            layout: { "line-cap": "round" },
            paint: { "line-color": colours.halo, "line-width": 7 },
        },
        {
            id: "chosen-line",
            source: "chosen",
            type: "line",
            filter: ["!=", ["geometry-type"], "Point"],
            layout: { "line-cap": "round" },
            paint: { "line-color": colour, "line-width": 3.5 },
        },
        arrows("chosen-arrows", "chosen", 0),
        {
            id: "risks",
            source: "stops",
            type: "circle",
            filter: ["get", "risk"],
            paint: {
                "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 6, 14, 13],
                "circle-color": "rgba(0,0,0,0)",
                "circle-stroke-color": colours.bad,
                "circle-stroke-width": 2.5,
            },
        },
        {
            id: "chosen-stops",
            source: "chosen",
            type: "circle",
            filter: ["==", ["geometry-type"], "Point"],
            paint: { ...stopPaint, "circle-radius": 10, "circle-stroke-width": 2 },
        },
        {
            id: "chosen-numbers",
            source: "chosen",
            type: "symbol",
            filter: ["==", ["geometry-type"], "Point"],
            layout: { ...NUMBER, "text-field": number, "text-size": 11 },
            paint: numbers,
        },
        {
            id: "waiting",
            source: "waiting",
            type: "circle",
            paint: {
                "circle-radius": 9,
                "circle-color": colours.ground,
                "circle-stroke-color": colours.bad,
                "circle-stroke-width": 2.5,
            },
        },
        {
            id: "waiting-marks",
            source: "waiting",
            type: "symbol",
            layout: { ...NUMBER, "text-field": "?", "text-size": 13 },
            paint: { "text-color": colours.bad },
        },
        {
            id: "picked",
            source: "picked",
            type: "circle",
            paint: {
                "circle-radius": 14,
                "circle-color": "rgba(0,0,0,0)",
                "circle-stroke-color": colours.ink,
                "circle-stroke-width": 3,
            },
        },
        {
            id: "hubs",
            source: "hubs",
            type: "symbol",
            layout: { ...NUMBER, "text-field": "■", "text-size": 20 },
            paint: {
                "text-color": ["case", ["get", "closed"], colours.bad, colours.ink],
                "text-halo-color": colours.halo,
                "text-halo-width": 2,
            },
        },
        {
            id: "hub-names",
            source: "hubs",
            type: "symbol",
            minzoom: 10,
            layout: {
                "text-field": ["get", "label"],
                "text-font": FONT,
                "text-size": 12,
                "text-anchor": "top",
                "text-offset": [0, 0.9],
                "text-optional": true,
            },
            paint: {
                "text-color": ["case", ["get", "closed"], colours.bad, colours.ink],
                "text-halo-color": colours.halo,
                "text-halo-width": 1.6,
            },
        },
        {
            id: "couriers",
            source: "couriers",
            type: "circle",
            paint: {
                "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 6, 13, 11],
                "circle-color": colours.halo,
                "circle-stroke-color": colour,
                "circle-stroke-width": 3.5,
            },
        },
        {
            id: "courier-numbers",
            source: "couriers",
            type: "symbol",
            layout: {
                ...NUMBER,
                "text-field": ["to-string", ["get", "number"]],
                "text-size": ["interpolate", ["linear"], ["zoom"], 9, 8, 13, 11],
            },
            paint: { "text-color": colours.ink },
        },
        {
            id: "courier-states",
            source: "couriers",
            type: "symbol",
            filter: ["!=", ["get", "state"], ""],
            layout: {
                ...NUMBER,
                "text-field": ["get", "state"],
                "text-size": 12,
                "text-anchor": "top",
                "text-offset": [0, 0.9],
            },
            paint: {
                "text-color": colours.bad,
                "text-halo-color": colours.halo,
                "text-halo-width": 2,
            },
        },
    ];
    return layers as unknown as LayerSpecification[];
}
