// Whether the reader's system is dark, for what cannot use `light-dark()`: the map's own colours.

const query = matchMedia("(prefers-color-scheme: dark)");

const current = $state({ isDark: query.matches });

query.addEventListener("change", ({ matches }) => (current.isDark = matches));

export function isDark(): boolean {
    return current.isDark;
}
