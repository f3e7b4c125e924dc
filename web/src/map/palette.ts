// Colours of what maps have in common, on a light and on a dark ground. A map's styles know no custom
// properties: these are the tokens' values, and a few of the ground's own.

export interface Palette {
    ground: string;
    land: string;
    green: string;
    water: string;
    building: string;
    road: string;
    roadEdge: string;
    border: string;
    ink: string;
    quiet: string;
    halo: string;
    accent: string;
    good: string;
    bad: string;
}

const LIGHT: Palette = {
    ground: "#f3f5f4",
    land: "#f3f5f4",
    green: "#dfeadb",
    water: "#c5dbe6",
    building: "#e4e7e6",
    road: "#ffffff",
    roadEdge: "#d5dadb",
    border: "#a3adb1",
    ink: "#182226",
    quiet: "#4e5d63",
    halo: "#ffffff",
    accent: "#0b6e75",
    good: "#17703a",
    bad: "#b3261e",
};

const DARK: Palette = {
    ground: "#151b1e",
    land: "#151b1e",
    green: "#1a2620",
    water: "#10242e",
    building: "#1e2629",
    road: "#2c363b",
    roadEdge: "#10171a",
    border: "#56646a",
    ink: "#e4eaec",
    quiet: "#a3b3ba",
    halo: "#101517",
    accent: "#5cc5cd",
    good: "#6fce91",
    bad: "#ff9c92",
};

export function palette(isDark: boolean): Palette {
    return isDark ? DARK : LIGHT;
}
