// What a customer has ticked off, kept in the browser. Storage may be forbidden: it lasts as long as
// the page then.

/** The end of a token tells visits apart, and is no key to any. */
const nameOf = (token: string) => `doorstep.ready.${token.slice(-8)}`;

export function readTicks(token: string): string[] {
    try {
        const kept: unknown = JSON.parse(localStorage.getItem(nameOf(token)) ?? "[]");
        return Array.isArray(kept) ? kept.map(String) : [];
    } catch {
        return [];
    }
}

export function writeTicks(token: string, ticked: readonly string[]): void {
    try {
        localStorage.setItem(nameOf(token), JSON.stringify(ticked));
    } catch {
        // As above.
    }
}
