// The ground of the maps: plain, an operator's style, or an operator's tiles.

import type { StyleSpecification } from "maplibre-gl";
import { given, type Api } from "../shared/api";
import type { Datum } from "./datum";
import { palette } from "./palette";
import { tileStyle } from "./tile-style";

export interface Ground {
    datum: Datum;
    /** A style, or the address of one. */
    style: (isDark: boolean, language: string) => StyleSpecification | string;
}

/** Reads what the operator has; a service that does not say so has a plain ground. */
export async function groundOf(api: Api): Promise<Ground> {
    const { style_url, tiles_url, datum } = given(await api.GET("/v1/map"));
    if (style_url) return { datum, style: () => style_url };
    if (!tiles_url) return { datum, style: plainStyle };
    const url = new URL(tiles_url, location.href).href;
    const tiles = await openTiles(url);
    return { datum, style: (isDark, language) => tileStyle(tiles, isDark, language) };
}

export interface Tiles {
    url: string;
    /** Pictures rather than vectors. */
    isRaster: boolean;
    attribution: string;
    zoomMax: number;
}

/** Tiles of vectors in a PMTiles file; others are pictures (PMTiles specification 3, tile types). */
const VECTOR = 1;

async function openTiles(url: string): Promise<Tiles> {
    const [{ PMTiles, Protocol }, { addProtocol }] = await Promise.all([
        import("pmtiles"),
        import("maplibre-gl"),
    ]);
    const file = new PMTiles(url);
    const protocol = new Protocol();
    protocol.add(file);
    addProtocol("pmtiles", protocol.tile);
    const header = await file.getHeader();
    const metadata = (await file.getMetadata()) as { attribution?: unknown } | undefined;
    return {
        url: `pmtiles://${url}`,
        isRaster: Number(header.tileType) !== VECTOR,
        attribution: String(metadata?.attribution ?? ""),
        zoomMax: header.maxZoom,
    };
}

export function plainStyle(isDark: boolean): StyleSpecification {
    const colour = palette(isDark).ground;
    return {
        version: 8,
        sources: {},
        layers: [{ id: "ground", type: "background", paint: { "background-color": colour } }],
    };
}
