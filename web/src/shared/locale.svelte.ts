// The reader's language. Every text of a page is in two modules of one shape, `en.ts` and `zh.ts`:
// the compiler finds what one of them lacks.

import { TAGS, type Locale } from "./tags";

export { TAGS, type Locale };

const STORED = "doorstep.locale";

const current = $state({ locale: preferred() });

function preferred(): Locale {
    const stored = read();
    if (stored === "en" || stored === "zh") return stored;
    return navigator.languages.some((tag) => tag.toLowerCase().startsWith("zh")) ? "zh" : "en";
}

// Storage may be forbidden: the language then lasts as long as the page.
function read(): string | null {
    try {
        return localStorage.getItem(STORED);
    } catch {
        return null;
    }
}

export function locale(): Locale {
    return current.locale;
}

/** The language's tag, for `Intl`. */
export function tag(): string {
    return TAGS[current.locale];
}

export function chooseLocale(chosen: Locale): void {
    current.locale = chosen;
    document.documentElement.lang = TAGS[chosen];
    try {
        localStorage.setItem(STORED, chosen);
    } catch {
        // As above.
    }
}

/** A function that gives the texts in the reader's language, and again when that changes. */
export function texts<Texts>(all: Record<Locale, Texts>): () => Texts {
    document.documentElement.lang = TAGS[current.locale];
    return () => all[current.locale];
}
