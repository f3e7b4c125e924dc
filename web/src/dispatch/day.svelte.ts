// A region's day as the service has it: read once, then read again whenever its log says so.

import { Problem, given, type Api, type Schemas } from "../shared/api";
import { follow, type Connection, type StreamEvent } from "../shared/stream";

export type Board = Schemas["DayView"];
export type Route = Schemas["RouteView"];
export type Stop = Schemas["StopView"];

/** Changes that come within so long are read together. */
const TOGETHER_MS = 100;

/** What follows from the passing of time alone (arrivals, lateness) is read at least so often. */
const AGAIN_MS = 30_000;

export class Day {
    /** The last board that was read. */
    board = $state.raw<Board | null>(null);
    connection = $state<Connection>("connecting");
    /** Why the day cannot be read, where it cannot. */
    failure = $state.raw<Error | null>(null);

    readonly region: string;
    readonly date: string;
    readonly #api: Api;
    readonly #key: string;
    #listeners: ((event: StreamEvent) => void)[] = [];
    #unfollow: (() => void) | null = null;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #reading: Promise<void> | null = null;
    #isStale = false;
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
        this.#unfollow = follow({
            url: `/v1/regions/${encodeURIComponent(this.region)}/days/${this.date}/stream`,
            key: this.#key,
            onEvent: (event) => this.#heard(event),
            onConnection: (connection) => (this.connection = connection),
            onRefused: (status) => (this.failure ??= new Problem(status, {})),
        });
        void this.refresh();
    }

    stop(): void {
        this.#unfollow?.();
        clearTimeout(this.#timer);
    }

    /** Calls a function at each event of the day's log, until the answered function is called. */
    onEvent(listener: (event: StreamEvent) => void): () => void {
        this.#listeners.push(listener);
        return () => {
            this.#listeners = this.#listeners.filter((one) => one !== listener);
        };
    }

    /** Reads the board; what changes meanwhile has it read once more. */
    refresh(): Promise<void> {
        if (this.#reading) {
            this.#isStale = true;
            return this.#reading;
        }
        this.#reading = this.#readUntilFresh().finally(() => {
            this.#reading = null;
            this.#readLater(AGAIN_MS);
        });
        return this.#reading;
    }

    async #readUntilFresh(): Promise<void> {
        do {
            this.#isStale = false;
            try {
                await this.#read();
                this.failure = null;
            } catch (error) {
                this.failure = error as Error;
                return;
            }
        } while (this.#isStale);
    }

    async #read(): Promise<void> {
        const headers = this.#tag === null ? {} : { "If-None-Match": this.#tag };
        const answer = await this.#api.GET("/v1/regions/{region}/days/{date}", {
            params: { path: this.path },
            headers,
        });
        if (answer.response.status === 304) return;
        this.board = given(answer);
        this.#tag = answer.response.headers.get("ETag");
    }

    #heard(event: StreamEvent): void {
        for (const listener of this.#listeners) listener(event);
        if (event.kind !== "hello") this.#readLater(TOGETHER_MS);
    }

    #readLater(delay: number): void {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => void this.refresh(), delay);
    }
}
