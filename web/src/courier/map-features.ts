// The courier's route as features of a map: the way that is left, the stops, the hub, oneself.

import type { Feature, FeatureCollection } from "geojson";
import type { LayerSpecification } from "maplibre-gl";
import { FONT } from "../map/fonts";
import { palette } from "../map/palette";
import { isDone, nextStop, numberOf, type Route } from "./route";

type Place = Route["hub"]["place"];

const lonLat = ({ lon, lat }: Place): [number, number] => [lon, lat];

const collection = (features: Feature[]): FeatureCollection => ({
    type: "FeatureCollection",
    features,
});

const point = (place: Place, properties: Record<string, unknown>): Feature => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: lonLat(place) },
    properties,
});

/** By the name of their source; where the courier is, is not always known. */
export function featuresOf(route: Route, me: Place | null): Record<string, FeatureCollection> {
    const next = nextStop(route);
    const visits = route.stops.filter(({ kind }) => kind === "visit");
    const left = route.stops.filter((stop) => stop.kind !== "start" && !isDone(stop));
    const done = route.stops.filter((stop) => stop.kind === "start" || isDone(stop));
    const from = done.at(-1);
    const way = [...(from ? [from] : []), ...left].map(({ place }) => lonLat(place));
    return {
        way: collection([
            { type: "Feature", geometry: { type: "LineString", coordinates: way }, properties: {} },
        ]),
        stops: collection(
            visits.map((stop) =>
                point(stop.place, {
                    label: isDone(stop) ? "✓" : String(numberOf(route, stop).at),
                    look: isDone(stop) ? "done" : stop === next ? "next" : "open",
                }),
            ),
        ),
        hub: collection([point(route.hub.place, { label: route.hub.name })]),
        me: collection(me ? [point(me, {})] : []),
    };
}

/** West, south, east, north of everything on the route. */
export function boundsOf(route: Route): [number, number, number, number] {
    const places = route.stops.map(({ place }) => place);
    const [lons, lats] = [places.map(({ lon }) => lon), places.map(({ lat }) => lat)];
    return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

export function layersOf(isDark: boolean): LayerSpecification[] {
    const colours = palette(isDark);
    const onAccent = isDark ? colours.halo : "#ffffff";
    const isLook = (look: string) => ["==", ["get", "look"], look];
    const layers = [
        {
            id: "way",
            source: "way",
            type: "line",
            layout: { "line-join": "round", "line-cap": "round" },
            paint: { "line-color": colours.accent, "line-width": 4, "line-opacity": 0.7 },
        },
        {
            id: "hub",
            source: "hub",
            type: "circle",
            paint: {
                "circle-radius": 8,
                "circle-color": colours.ink,
                "circle-stroke-color": colours.halo,
                "circle-stroke-width": 3,
            },
        },
        {
            id: "stops",
            source: "stops",
            type: "circle",
            paint: {
                "circle-radius": ["case", isLook("next"), 18, 13],
                "circle-color": [
                    "case",
                    isLook("next"),
                    colours.accent,
                    isLook("done"),
                    colours.ground,
                    colours.halo,
                ],
                "circle-stroke-color": colours.accent,
                "circle-stroke-width": ["case", isLook("done"), 1, 3],
            },
        },
        {
            id: "numbers",
            source: "stops",
            type: "symbol",
            layout: {
                "text-field": ["get", "label"],
                "text-font": FONT,
                "text-size": ["case", isLook("next"), 18, 14],
                "text-allow-overlap": true,
            },
            paint: { "text-color": ["case", isLook("next"), onAccent, colours.ink] },
        },
        {
            id: "hub-name",
            source: "hub",
            type: "symbol",
            layout: {
                "text-field": ["get", "label"],
                "text-font": FONT,
                "text-size": 13,
                "text-offset": [0, 1.2],
                "text-anchor": "top",
                "text-optional": true,
            },
            paint: {
                "text-color": colours.ink,
                "text-halo-color": colours.halo,
                "text-halo-width": 1.5,
            },
        },
        {
            id: "me",
            source: "me",
            type: "circle",
            paint: {
                "circle-radius": 8,
                "circle-color": colours.good,
                "circle-stroke-color": colours.halo,
                "circle-stroke-width": 4,
            },
        },
    ];
    return layers as LayerSpecification[];
}
