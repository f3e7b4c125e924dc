// A region's day as the service has it: read once, then read again whenever its log says so. Where the
// log names the routes that changed, those alone are read.

import { Problem, given, type Api, type Schemas } from "../shared/api";
import { follow, type Connection, type StreamEvent } from "../shared/stream";
import { ALL, merged, routeWith, routesOf, together, type Which } from "./changes";

export type DayView = Schemas["DayView"];
export type Route = Schemas["RouteView"];
export type Stop = Schemas["StopView"];

/** Changes that come within so long are read together. */
const TOGETHER_MS = 20;

/** On a day where something changes all the time, it is read so often. */
const APART_MS = 250;

/** What follows from the passing of time alone (arrivals, lateness) is read at least so often. */
const AGAIN_MS = 30_000;

/** After a failure it is tried again so soon. */
const RETRY_MS = 5_000;

export class Day {
    /** The last board that was read; what has not changed in it stays the same object. */
    board = $state.raw<DayView | null>(null);
    connection = $state<Connection>("connecting");
    /** Why the day cannot be read, where it cannot. */
    failure = $state.raw<Error | null>(null);

    readonly region: string;
    readonly date: string;
    readonly #api: Api;
    readonly #key: string;
    readonly #listeners = new Set<(event: StreamEvent) => void>();
    #unfollow: (() => void) | null = null;
    #timer: ReturnType<typeof setTimeout> | undefined;
    /** When the timer is due, by the machine's clock. */
    #due = Infinity;
    #began = -Infinity;
    #took = 0;
    #reading: Promise<void> | null = null;
    /** What has to be read next. */
    #stale: Which = new Set();
    #tag: string | null = null;

    constructor(api: Api, key: string, region: string, date: string) {
        this.#api = api;
        this.#key = key;
        this.region = region;
        this.date = date;
    }

    /** The path parameters of everything about this day. */
    get path(): { region: string; date: string } {
        return { region: this.region, date: this.date };
    }

    start(): void {
        addEventListener("offline", this.#onOffline);
        addEventListener("online", this.#onOnline);
        this.#follow();
        void this.refresh();
    }

    stop(): void {
        removeEventListener("offline", this.#onOffline);
        removeEventListener("online", this.#onOnline);
        this.#unfollow?.();
        clearTimeout(this.#timer);
    }

    /** The machine has no network: that is said at once, and not when the stream has been silent for long. */
    readonly #onOffline = (): void => {
        this.connection = "lost";
    };

    readonly #onOnline = (): void => {
        this.#unfollow?.();
        this.#follow();
        void this.refresh();
    };

    #follow(): void {
        this.#unfollow = follow({
            url: `/v1/regions/${encodeURIComponent(this.region)}/days/${this.date}/stream`,
            key: this.#key,
            onEvent: (event) => this.#heard(event),
            onConnection: (connection) => this.#connected(connection),
            onRefused: (status) => (this.failure ??= new Problem(status, {})),
        });
    }

    /** Calls a function at each event of the day's log, until the answered function is called. */
    onEvent(listener: (event: StreamEvent) => void): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    /** Reads the whole board, after what is being read. */
    refresh(): Promise<void> {
        this.#stale = ALL;
        return this.#reading ? this.#reading.then(() => this.#readStale()) : this.#readStale();
    }

    get #isStale(): boolean {
        return this.#stale === ALL || this.#stale.size > 0;
    }

    #readStale(): Promise<void> {
        this.#reading ??= this.#attempt().finally(() => {
            this.#reading = null;
            if (this.failure) this.#readIn(RETRY_MS);
            else this.#readIn(this.#isStale ? this.#gap() : AGAIN_MS);
        });
        return this.#reading;
    }

    async #attempt(): Promise<void> {
        clearTimeout(this.#timer);
        this.#due = Infinity;
        const which = this.#stale;
        this.#stale = new Set();
        this.#began = performance.now();
        try {
            await this.#read(which);
            this.failure = null;
        } catch (error) {
            this.#stale = ALL;
            this.failure = error as Error;
        }
        this.#took = performance.now() - this.#began;
    }

    /** So long until the next reading: it shall take but a part of the time. */
    #gap(): number {
        const sinceBegun = performance.now() - this.#began;
        return Math.max(TOGETHER_MS, Math.max(APART_MS, 3 * this.#took) - sinceBegun);
    }

    async #read(which: Which): Promise<void> {
        const known = this.board;
        if (which === ALL || !known) return this.#readWhole();
        const answer = await this.#api.GET("/v1/regions/{region}/days/{date}", {
            params: { path: this.path, query: { routes: [...which].join(",") } },
        });
        this.board = merged(known, given(answer), which);
        this.#tag = null;
    }

    async #readWhole(): Promise<void> {
        const headers = this.#tag === null ? {} : { "If-None-Match": this.#tag };
        const answer = await this.#api.GET("/v1/regions/{region}/days/{date}", {
            params: { path: this.path },
            headers,
        });
        if (answer.response.status === 304) return;
        this.board = given(answer);
        this.#tag = answer.response.headers.get("ETag");
    }

    #connected(connection: Connection): void {
        this.connection = connection;
        if (connection === "live" && this.failure) void this.refresh();
    }

    #heard(event: StreamEvent): void {
        for (const listener of this.#listeners) listener(event);
        if (event.kind === "hello") return;
        const routeOf = (booking: string) => routeWith(this.board, booking);
        this.#stale = together(this.#stale, routesOf(event, routeOf));
        if (!this.#reading) this.#readIn(this.#gap());
    }

    // Where nothing was told since, the passing of time is why it is read.
    #onTime(): void {
        this.#due = Infinity;
        if (!this.#isStale) this.#stale = ALL;
        void this.#readStale();
    }

    /** Reads after a while, or earlier where that was meant to be. */
    #readIn(delay: number): void {
        const due = performance.now() + delay;
        if (due >= this.#due) return;
        clearTimeout(this.#timer);
        this.#due = due;
        this.#timer = setTimeout(() => this.#onTime(), delay);
    }
}
