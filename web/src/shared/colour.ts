// Colours of many things that have to be told apart: hues by the golden angle, at the lightness of the
// ground that they lie on. Computed as sRGB, since a map's styles know nothing newer.

/** A colour on a light and on a dark ground. */
export interface Colour {
    light: string;
    dark: string;
    /** Both, for style sheets. */
    css: string;
}

/** Degrees between the hues of neighbours: any number of them stay apart. */
const GOLDEN_ANGLE = 137.508;

/** Lightness and chroma (OKLCH): text in the ground's colour has a contrast of 4.5 or more on it. */
const LIGHT = [0.5, 0.13] as const;
const DARK = [0.79, 0.11] as const;

const made = new Map<number, Colour>();

/** The colour of the n-th of many. */
export function nthColour(n: number): Colour {
    const known = made.get(n);
    if (known) return known;
    const hue = (n * GOLDEN_ANGLE + 200) % 360;
    const light = hex(...LIGHT, hue);
    const dark = hex(...DARK, hue);
    const colour = { light, dark, css: `light-dark(${light}, ${dark})` };
    made.set(n, colour);
    return colour;
}

/** OKLCH as `#rrggbb`, clipped to what sRGB has (Ottosson 2020, "A perceptual color space"). */
function hex(lightness: number, chroma: number, hue: number): string {
    const a = chroma * Math.cos((hue * Math.PI) / 180);
    const b = chroma * Math.sin((hue * Math.PI) / 180);
    const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
    const linear = [
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
    ];
    return `#${linear.map(byte).join("")}`;
}

function byte(linear: number): string {
    const value = Math.min(1, Math.max(0, linear));
    const encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(encoded * 255)
        .toString(16)
        .padStart(2, "0");
}
