// The courier's route of a day: kept on the phone, read anew whenever the service says that it has
// changed, and shown with what was told and not yet sent.

import { given, Problem, type Api } from "../shared/api";
import { follow, type Connection } from "../shared/stream";
import { changes, isSameProgress } from "./changes";
import type { Outbox } from "./outbox.svelte";
import type { Phone } from "./phone";
import type { Route } from "./route";
import { withTold } from "./told";

/** Arrivals move on with the time: the route is read at least so often. */
const AGAIN_MS = 60_000;

export class CourierDay {
    /** As the service answered it. */
    answered = $state.raw<Route | null>(null);
    /** When that was, by the phone's clock. */
    readAt = $state(0);
    connection = $state<Connection>("connecting");
    /** Why the route cannot be read, where it cannot. */
    failure = $state.raw<Error | null>(null);
    /** As the courier last knew it. */
    seen = $state.raw<Route | null>(null);

    /** As it is with all that was told. */
    readonly route = $derived.by(() =>
        this.answered ? withTold(this.answered, this.#outbox.told) : null,
    );
    /** What the courier has not acknowledged yet. */
    readonly changes = $derived(
        this.seen && this.answered ? changes(this.seen, this.answered) : [],
    );

    readonly #api: Api;
    readonly #key: string;
    readonly #phone: Phone;
    readonly #outbox: Outbox;
    /** Null is today's, whichever day that is. */
    readonly #date: string | null;
    #tag: string | null = null;
    #unfollow: (() => void) | null = null;
    #timer: ReturnType<typeof setInterval> | undefined;
    #reading: Promise<void> | null = null;
    #isStale = false;
    #isOver = false;

    constructor(api: Api, key: string, phone: Phone, outbox: Outbox, date: string | null) {
        this.#api = api;
        this.#key = key;
        this.#phone = phone;
        this.#outbox = outbox;
        this.#date = date;
    }

    /** Shows what the phone has, then reads and follows. */
    async start(isKept: boolean): Promise<void> {
        if (isKept) await this.#restore();
        addEventListener("online", this.#resume);
        addEventListener("offline", this.#pause);
        document.addEventListener("visibilitychange", this.#look);
        this.#timer = setInterval(this.#look, AGAIN_MS);
        if (navigator.onLine) this.#resume();
        else this.#pause();
    }

    /** Nothing is written to the phone from here on. */
    stop(): void {
        this.#isOver = true;
        this.#unfollow?.();
        clearInterval(this.#timer);
        removeEventListener("online", this.#resume);
        removeEventListener("offline", this.#pause);
        document.removeEventListener("visibilitychange", this.#look);
    }

    /** The courier knows of the changes now. */
    async acknowledge(): Promise<void> {
        if (this.answered) await this.#see(this.answered);
    }

    /** Reads the route; what changes meanwhile has it read once more. */
    refresh(): Promise<void> {
        this.#isStale = true;
        this.#reading ??= this.#readUntilFresh().finally(() => (this.#reading = null));
        return this.#reading;
    }

    readonly #look = () => {
        if (document.visibilityState !== "visible" || !navigator.onLine) return;
        if (this.#unfollow === null) this.#resume();
        else void this.refresh();
    };

    readonly #pause = () => {
        this.#unfollow?.();
        this.#unfollow = null;
        this.connection = "lost";
    };

    readonly #resume = () => {
        this.#unfollow?.();
        this.connection = "connecting";
        const query = this.#date === null ? "" : `?date=${encodeURIComponent(this.#date)}`;
        this.#unfollow = follow({
            url: `/v1/couriers/me/route/stream${query}`,
            key: this.#key,
            onEvent: ({ data }) => {
                const tag = (data as { etag?: string | null } | null)?.etag;
                if (tag === undefined || tag !== this.#tag) void this.refresh();
            },
            onConnection: (connection) => {
                if (connection === "live" && this.connection !== "live") this.#outbox.ask();
                this.connection = connection;
            },
            // There may be a shift, or a good key, later.
            onRefused: () => (this.#unfollow = null),
        });
        void this.refresh();
    };

    async #readUntilFresh(): Promise<void> {
        while (this.#isStale) {
            this.#isStale = false;
            try {
                const sent = this.#outbox.entries;
                await this.#read();
                this.failure = null;
                await this.#outbox.settle(sent.filter(({ state }) => state === "sent"));
            } catch (error) {
                this.failure = error as Error;
                if (error instanceof Problem && error.status === 404) this.answered = null;
                return;
            }
        }
    }

    async #read(): Promise<void> {
        const answer = await this.#api.GET("/v1/couriers/me/route", {
            params: { query: this.#date === null ? {} : { date: this.#date } },
            headers: this.#tag === null ? {} : { "If-None-Match": this.#tag },
        });
        this.readAt = Date.now();
        if (answer.response.status === 304 || this.#isOver) return;
        await this.#take(given(answer), answer.response.headers.get("ETag"));
    }

    async #take(route: Route, tag: string | null): Promise<void> {
        await this.#claim(route.courier.id);
        if (this.#isOver) return;
        await this.#phone.keepRoute({ route, tag, readAt: this.readAt });
        this.answered = route;
        this.#tag = tag;
        const isFirst = this.seen === null || this.seen.date !== route.date;
        const isOwnProgress = this.changes.length === 0 && !isSameProgress(this.seen, route);
        if (isFirst || isOwnProgress) await this.#see(route);
    }

    /** What the phone has of another courier goes before anything of it is shown or sent. */
    async #claim(courier: string): Promise<void> {
        const kept = await this.#phone.settings();
        if (kept.key === this.#key && kept.courier === courier) return;
        if (kept.courier !== null && kept.courier !== courier) {
            await this.#phone.forget();
            this.seen = null;
        }
        await this.#phone.change({ key: this.#key, courier });
        await this.#outbox.open();
        this.#outbox.release();
    }

    async #restore(): Promise<void> {
        const [kept, seen] = await Promise.all([this.#phone.route(), this.#phone.seen()]);
        if (!kept || (this.#date !== null && kept.route.date !== this.#date)) return;
        this.readAt = kept.readAt;
        this.#tag = kept.tag;
        this.answered = kept.route;
        this.seen = seen ?? kept.route;
    }

    async #see(route: Route): Promise<void> {
        this.seen = route;
        await this.#phone.keepSeen(route);
    }
}
