// Where couriers' phones were last, read now and then while somebody looks.

import { given, type Api, type Schemas } from "../shared/api";
import type { Day } from "./day.svelte";

export type Seen = Schemas["CourierSeenView"];

const AGAIN_MS = 10_000;

export class Positions {
    /** By the courier's id. */
    seen = $state.raw<ReadonlyMap<string, Seen>>(new Map());
    readonly #api: Api;
    readonly #path: Day["path"];
    #timer: ReturnType<typeof setTimeout> | undefined;
    #tag: string | null = null;
    #isWanted = false;

    constructor(api: Api, path: Day["path"]) {
        this.#api = api;
        this.#path = path;
    }

    start(): void {
        this.#isWanted = true;
        void this.#read();
    }

    stop(): void {
        this.#isWanted = false;
        clearTimeout(this.#timer);
    }

    async #read(): Promise<void> {
        try {
            const answer = await this.#api.GET("/v1/regions/{region}/days/{date}/positions", {
                params: { path: this.#path },
                headers: this.#tag === null ? {} : { "If-None-Match": this.#tag },
            });
            if (answer.response.status !== 304) {
                this.#tag = answer.response.headers.get("ETag");
                this.seen = new Map(given(answer).couriers.map((seen) => [seen.courier, seen]));
            }
        } catch {
            // The board says what is wrong; the next reading is another try.
        }
        if (this.#isWanted) this.#timer = setTimeout(() => void this.#read(), AGAIN_MS);
    }
}
