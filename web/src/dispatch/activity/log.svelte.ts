// What happened on the day, the newest first: the end of its log, and what comes while the page is open.

import { given, type Api, type Schemas } from "../../shared/api";
import type { StreamEvent } from "../../shared/stream";
import type { Day } from "../day.svelte";

export type LogEvent = Schemas["EventView"];

/** So many are kept. */
const MOST = 300;

/** So many from before the page was opened are read. */
const EARLIER = 60;

export class ActivityLog {
    events = $state.raw<readonly LogEvent[]>([]);
    readonly #api: Api;
    readonly #path: Day["path"];
    #coming: LogEvent[] = [];
    #isDrawing = false;

    constructor(api: Api, path: Day["path"]) {
        this.#api = api;
        this.#path = path;
    }

    heard({ kind, data }: StreamEvent): void {
        if (kind === "hello") void this.#readEarlier((data as { seq: number }).seq);
        else if (isEvent(data)) this.#add(data);
    }

    // Many come at once on a busy day: they are shown together with the next picture.
    #add(event: LogEvent): void {
        this.#coming.push(event);
        if (this.#isDrawing) return;
        this.#isDrawing = true;
        requestAnimationFrame(() => {
            this.#isDrawing = false;
            this.#put(this.#coming.splice(0));
        });
    }

    async #readEarlier(seq: number): Promise<void> {
        const query = { after: Math.max(0, seq - EARLIER), limit: EARLIER };
        try {
            const answer = await this.#api.GET("/v1/regions/{region}/days/{date}/events", {
                params: { path: this.#path, query },
            });
            this.#put(given(answer).events);
        } catch {
            // What is earlier is good to know, and no more.
        }
    }

    #put(events: readonly LogEvent[]): void {
        const all = new Map([...this.events, ...events].map((event) => [event.seq, event]));
        this.events = [...all.values()].sort((a, b) => b.seq - a.seq).slice(0, MOST);
    }
}

function isEvent(data: unknown): data is LogEvent {
    return typeof data === "object" && data !== null && "seq" in data && "kind" in data;
}
