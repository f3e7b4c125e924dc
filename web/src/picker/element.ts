// `<doorstep-slots>`: the slot picker as a web component. `docs/picker.md` is for those who embed it.

import { mount, unmount } from "svelte";
import { Problem, Unreachable, api } from "../shared/api";
import type { Locale } from "../shared/tags";
import Picker from "./Picker.svelte";
import styles from "./picker.css?inline";
import type { Hold } from "./holds";
import type { Loss } from "./losses";
import { Picker as State, type Search } from "./picker.svelte";
import { settings as observed } from "./settings.svelte";

/** Where the script came from is where the service is. */
const ORIGIN = new URL(import.meta.url).origin;

// A constructed sheet is no inline style: the strictest policy of a page allows it.
const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);

/** What a page is told of a failure: plain data, since the classes of two scripts never meet. */
export interface Failure {
    /** The API's code; `unreachable` where nothing was answered. */
    code: string;
    message: string;
    /** The problem (RFC 9457), where the API answered one. */
    problem: Record<string, unknown> | null;
}

function failureOf(error: Error): Failure {
    const { message } = error;
    if (error instanceof Problem) return { code: error.code, message, problem: error.body };
    const code = error instanceof Unreachable ? "unreachable" : "unusable";
    return { code, message, problem: null };
}

export class DoorstepSlots extends HTMLElement {
    static readonly observedAttributes = ["endpoint", "key", "search", "locale"];

    readonly #settings = observed();
    readonly #picker: State;
    #search: Search | null = null;
    /** What was asked last, so that the same is not asked again. */
    #asked: string | null = null;
    #mounted: Record<string, unknown> | null = null;

    constructor() {
        super();
        this.#picker = new State({
            hold: (hold) => this.#tell("doorstep-hold", { hold }),
            release: (hold) => this.#tell("doorstep-release", { hold }),
            lost: (loss: Loss) => this.#tell("doorstep-lost", loss),
            error: (error) => this.#tell("doorstep-error", failureOf(error)),
        });
        const root = this.attachShadow({ mode: "open" });
        root.adoptedStyleSheets = [sheet];
    }

    /** What slots are searched for: the body of `POST /v1/slot-searches`; null for nothing yet. */
    get search(): Search | null {
        return this.#search;
    }

    set search(search: Search | null) {
        this.#search = search;
        this.#ask();
    }

    /** The key of the shop's picker. */
    get key(): string | null {
        return this.getAttribute("key");
    }

    set key(key: string | null) {
        if (key === null) this.removeAttribute("key");
        else this.setAttribute("key", key);
    }

    /** The service's address. */
    get endpoint(): string {
        return (this.getAttribute("endpoint") ?? ORIGIN).replace(/\/+$/, "");
    }

    get locale(): Locale {
        const tag =
            this.getAttribute("locale") ?? this.closest("[lang]")?.getAttribute("lang") ?? "";
        return tag.toLowerCase().startsWith("zh") ? "zh" : "en";
    }

    set locale(locale: Locale) {
        this.setAttribute("locale", locale);
    }

    /** What is held now. */
    get hold(): Hold | null {
        return this.#picker.hold;
    }

    /** The page takes the hold over: it stays when the page is left, such as for a payment. */
    keep(isKept = true): void {
        this.#picker.keep(isKept);
    }

    /** Gives back what is held. */
    release(): Promise<void> {
        return this.#picker.release();
    }

    /** Looks again what is held and what is free. */
    async refresh(): Promise<void> {
        await this.#picker.check();
        await this.#picker.refresh();
    }

    /** To the slots, or to the days where none is free. */
    override focus(options?: FocusOptions): void {
        const entries = ["[role=radio][tabindex='0']", "[role=tab][tabindex='0']", "button"];
        const found = entries.map((entry) => this.shadowRoot?.querySelector<HTMLElement>(entry));
        found.find((entry) => entry)?.focus(options);
    }

    connectedCallback(): void {
        this.#upgrade();
        this.#settings.locale = this.locale;
        const props = { picker: this.#picker, settings: this.#settings };
        if (this.shadowRoot) this.#mounted ??= mount(Picker, { target: this.shadowRoot, props });
        addEventListener("pagehide", this.#leave);
        addEventListener("pageshow", this.#comeBack);
        document.addEventListener("visibilitychange", this.#look);
        this.#ask();
    }

    disconnectedCallback(): void {
        // Those who only move it connect it again at once.
        queueMicrotask(() => {
            if (this.isConnected || !this.#mounted) return;
            removeEventListener("pagehide", this.#leave);
            removeEventListener("pageshow", this.#comeBack);
            document.removeEventListener("visibilitychange", this.#look);
            this.#leave();
            void unmount(this.#mounted);
            this.#mounted = null;
            this.#asked = null;
        });
    }

    attributeChangedCallback(name: string, _: string | null, value: string | null): void {
        if (name === "search") this.#search = this.#read(value);
        if (name === "locale") this.#settings.locale = this.locale;
        else this.#ask();
    }

    readonly #leave = () => this.#picker.leave();

    readonly #look = () => {
        if (document.visibilityState === "visible") void this.#picker.check();
    };

    // Out of the browser's memory, what was held before is given back already.
    readonly #comeBack = ({ persisted }: PageTransitionEvent) => {
        if (persisted) void this.#picker.refresh();
    };

    // What a page set before this script came lies on the element and hides its accessors.
    #upgrade(): void {
        for (const name of ["search", "key", "locale"] as const) {
            if (!Object.hasOwn(this, name)) continue;
            const value = this[name];
            // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- three known names
            delete (this as Partial<DoorstepSlots>)[name];
            Object.assign(this, { [name]: value });
        }
    }

    #read(json: string | null): Search | null {
        if (json === null) return null;
        try {
            return JSON.parse(json) as Search;
        } catch (error) {
            this.#tell("doorstep-error", failureOf(error as Error));
            return null;
        }
    }

    // Attributes come one after the other: all of them are asked for at once.
    #ask(): void {
        queueMicrotask(() => this.#askNow());
    }

    #askNow(): void {
        if (!this.isConnected) return;
        const { key, endpoint } = this;
        const search = this.#search;
        const asked = JSON.stringify([key, endpoint, search]);
        if (asked === this.#asked) return;
        this.#asked = asked;
        void this.#picker.ask(key === null ? null : api(key, endpoint), search);
    }

    #tell(name: string, detail: unknown): void {
        this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    }
}

if (!customElements.get("doorstep-slots")) customElements.define("doorstep-slots", DoorstepSlots);
