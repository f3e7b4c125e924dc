// A map that features are laid on. Everything given and answered is WGS-84; the ground's datum is its own
// business. The library that draws it comes with the first map that is made, and not before.

import type {
    GeoJSONSource,
    LayerSpecification,
    Map as Drawing,
    MapMouseEvent,
    StyleSpecification,
} from "maplibre-gl";
import type { Feature, FeatureCollection } from "geojson";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { drawn, drawnFeatures, meant, type Position } from "./datum";
import { differenceOf } from "./difference";
import type { Ground } from "./ground";

export type Features = FeatureCollection;

/** West, south, east, north. */
export type Bounds = [number, number, number, number];

/** What lies on the ground: features by the name of their source, and how they are drawn. */
export interface Overlay {
    sources: Record<string, Features>;
    layers: readonly LayerSpecification[];
}

export interface SurfaceOptions {
    container: HTMLElement;
    ground: Ground;
    isDark: boolean;
    /** `en` or `zh`: which names the ground shows. */
    language: string;
    /** What assistive technology calls it. */
    label: string;
    bounds: Bounds;
    overlay: Overlay;
}

const EMPTY: Features = { type: "FeatureCollection", features: [] };

/** Room around what is shown as a whole, in pixels. */
const PADDING_PX = 40;

/** A single door is not shown nearer than this. */
const FIT_ZOOM_MAX = 15.5;

export class Surface {
    readonly drawing: Drawing;
    readonly #ground: Ground;
    #overlay: Overlay;

    private constructor(drawing: Drawing, options: SurfaceOptions) {
        this.drawing = drawing;
        this.#ground = options.ground;
        this.#overlay = options.overlay;
    }

    /** Makes a map once it can be drawn on; fails where the browser has no WebGL. */
    static async make(options: SurfaceOptions): Promise<Surface> {
        const library = await import("maplibre-gl");
        library.setWorkerUrl(workerUrl);
        const { container, ground, isDark, language, label, bounds } = options;
        const drawing = new library.Map({
            container,
            style: ground.style(isDark, language),
            bounds: drawnBounds(ground, bounds),
            fitBoundsOptions: { padding: PADDING_PX, maxZoom: FIT_ZOOM_MAX },
            attributionControl: false,
            dragRotate: false,
            pitchWithRotate: false,
            touchPitch: false,
            fadeDuration: 0,
            validateStyle: false,
            renderWorldCopies: false,
            localIdeographFontFamily: "sans-serif",
            locale: { "Map.Title": label },
        });
        drawing.touchZoomRotate.disableRotation();
        drawing.keyboard.disableRotation();
        const surface = new Surface(drawing, options);
        await new Promise<void>((resolve) => drawing.once("style.load", () => resolve()));
        surface.#lay();
        return surface;
    }

    remove(): void {
        this.drawing.remove();
    }

    /** Replaces the features of a source; where they have ids, what has changed is laid anew alone. */
    setFeatures(source: string, features: Features): void {
        const before = this.#overlay.sources[source] ?? EMPTY;
        this.#overlay.sources[source] = features;
        const known = this.drawing.getSource<GeoJSONSource>(source);
        if (!known) return;
        if (isEmpty(before) !== isEmpty(features)) this.#showLayersOf(source, !isEmpty(features));
        const difference = differenceOf(before, features);
        if (!difference || difference.add.length > features.features.length / 2) {
            void known.setData(this.#drawn(features));
            return;
        }
        const { remove, add } = difference;
        if (remove.length + add.length === 0) return;
        void known.updateData({
            remove,
            add: this.#drawn({ ...features, features: add }).features,
        });
    }

    // Layers of nothing cost time all the same: the ground is cut into their tiles at each drawing.
    #showLayersOf(source: string, isShown: boolean): void {
        for (const layer of this.#overlay.layers) {
            if (!("source" in layer) || layer.source !== source) continue;
            if (!this.drawing.getLayer(layer.id)) continue;
            this.drawing.setLayoutProperty(layer.id, "visibility", visibility(isShown));
        }
    }

    #drawn(features: Features): Features {
        return drawnFeatures(this.#ground.datum, features);
    }

    /** Changes how a layer is drawn, without laying its features anew. */
    setPaint(layer: string, property: string, value: unknown): void {
        if (this.drawing.getLayer(layer)) {
            this.drawing.setPaintProperty(layer, property as "line-opacity", value as number);
        }
    }

    /** Draws everything anew, such as in other colours or another language. */
    restyle(isDark: boolean, language: string, layers: readonly LayerSpecification[]): void {
        this.#overlay = { ...this.#overlay, layers };
        const style = this.#ground.style(isDark, language);
        // A style behind an address has its colours; what lies on it changes.
        if (typeof style === "string") {
            for (const { id } of layers)
                if (this.drawing.getLayer(id)) this.drawing.removeLayer(id);
            this.#lay();
            return;
        }
        this.drawing.setStyle(style, { diff: false });
        this.drawing.once("style.load", () => this.#lay());
    }

    /** Shows all of an area. */
    show(bounds: Bounds, isAtOnce = false): void {
        this.drawing.fitBounds(drawnBounds(this.#ground, bounds), {
            padding: PADDING_PX,
            maxZoom: FIT_ZOOM_MAX,
            animate: !isAtOnce,
            duration: 300,
        });
    }

    /** Brings a place into view without zooming, if it is not there. */
    reveal(place: Position): void {
        const position = drawn(this.#ground.datum, place);
        if (!this.drawing.getBounds().contains(position)) this.drawing.easeTo({ center: position });
    }

    /** Where a place is on the screen, in pixels of the map. */
    project(place: Position): { x: number; y: number } {
        return this.drawing.project(drawn(this.#ground.datum, place));
    }

    /** The place at a point of the screen. */
    placeAt(x: number, y: number): Position {
        const { lng, lat } = this.drawing.unproject([x, y]);
        return meant(this.#ground.datum, [lng, lat]);
    }

    /** The uppermost feature of some layers near a point, for fingers and pointers alike. */
    featureAt(event: MapMouseEvent, layers: string[], nearPx = 5): Feature | null {
        const there = layers.filter((id) => this.drawing.getLayer(id));
        const { x, y } = event.point;
        const box: [[number, number], [number, number]] = [
            [x - nearPx, y - nearPx],
            [x + nearPx, y + nearPx],
        ];
        return this.drawing.queryRenderedFeatures(box, { layers: there })[0] ?? null;
    }

    /** Whom the ground has to name, in plain text. */
    attribution(): string {
        const { sources } = this.drawing.getStyle() as StyleSpecification;
        const named = Object.values(sources).flatMap((source) =>
            "attribution" in source && source.attribution ? [plainText(source.attribution)] : [],
        );
        return [...new Set(named)].join(" · ");
    }

    #lay(): void {
        for (const [name, features] of Object.entries(this.#overlay.sources)) {
            if (this.drawing.getSource(name)) continue;
            const data = this.#drawn(features ?? EMPTY);
            this.drawing.addSource(name, { type: "geojson", data, tolerance: 0.2 });
        }
        for (const layer of this.#overlay.layers) {
            if (this.drawing.getLayer(layer.id)) continue;
            this.drawing.addLayer(layer);
            const features = "source" in layer ? this.#overlay.sources[String(layer.source)] : null;
            if (features && isEmpty(features))
                this.drawing.setLayoutProperty(layer.id, "visibility", visibility(false));
        }
    }
}

const isEmpty = ({ features }: Features) => features.length === 0;

const visibility = (isShown: boolean) => (isShown ? "visible" : "none");

function drawnBounds(ground: Ground, [west, south, east, north]: Bounds): Bounds {
    return [...drawn(ground.datum, [west, south]), ...drawn(ground.datum, [east, north])] as Bounds;
}

/** The least area that has all of some places; nothing where there are none. */
export function boundsOf(places: Iterable<{ lon: number; lat: number }>): Bounds | null {
    let bounds: Bounds | null = null;
    for (const { lon, lat } of places) {
        const [west, south, east, north]: Bounds = bounds ?? [lon, lat, lon, lat];
        bounds = [
            Math.min(west, lon),
            Math.min(south, lat),
            Math.max(east, lon),
            Math.max(north, lat),
        ];
    }
    return bounds;
}

function plainText(html: string): string {
    return new DOMParser().parseFromString(html, "text/html").body.textContent ?? "";
}
