// The key of a page's reader. It comes in the fragment of a link, which is sent to nobody, leaves the
// address at once, and stays in the tab, or on a courier's own phone until it is taken away.

export type Keeping = "tab" | "device";

const name = (page: string) => `doorstep.${page}.key`;

/** The values after `#`, as `region=…&date=…`. */
export function fragment(): URLSearchParams {
    return new URLSearchParams(location.hash.slice(1));
}

/** Puts values after `#` without a step in the history. */
export function rewriteFragment(values: Record<string, string>): void {
    const text = new URLSearchParams(values).toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname);
}

export class Credentials {
    readonly #storage: Storage;
    readonly #name: string;

    constructor(page: string, keeping: Keeping) {
        this.#storage = keeping === "tab" ? sessionStorage : localStorage;
        this.#name = name(page);
    }

    /** The key in the address, which is then taken out of it, or the one that is kept. */
    take(): string | null {
        const values = fragment();
        const given = values.get("key");
        if (given === null) return this.#storage.getItem(this.#name);
        values.delete("key");
        rewriteFragment(Object.fromEntries(values));
        this.keep(given);
        return given;
    }

    keep(key: string): void {
        this.#storage.setItem(this.#name, key);
    }

    forget(): void {
        this.#storage.removeItem(this.#name);
    }
}
