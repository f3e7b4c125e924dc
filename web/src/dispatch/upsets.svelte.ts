// What upsets the day and was not taken back: who is out, which hubs close, where nobody can be visited.

import { given, type Api, type Schemas } from "../shared/api";
import type { Day } from "./day.svelte";
import { Listing } from "./plan/doing.svelte";

export type Disturbance = Schemas["DisturbanceView"];

/** Events after which there are others. */
const TELLING = new Set(["day.disturbed", "day.settled"]);

export class Upsets {
    readonly #listing: Listing<Disturbance>;

    readonly list = $derived.by(() => this.#listing.items?.filter(({ over }) => !over) ?? null);

    /** Ids of couriers. */
    readonly out: ReadonlySet<string> = $derived(
        new Set(this.#of("courier_out").flatMap(({ courier }) => courier ?? [])),
    );

    /** Since when a hub is closed, by its id. */
    readonly closed: ReadonlyMap<string, string> = $derived(
        new Map(
            this.#of("hub_closed").flatMap(({ hub, from }) =>
                hub && from ? [[hub, from] as const] : [],
            ),
        ),
    );

    readonly areas: readonly Disturbance[] = $derived(
        this.#of("blocked_area").filter(({ polygon }) => polygon && polygon.length > 2),
    );

    constructor(api: Api, path: Day["path"]) {
        this.#listing = new Listing(async () => {
            const answer = await api.GET("/v1/regions/{region}/days/{date}/disturbances", {
                params: { path },
            });
            return given(answer).disturbances;
        });
    }

    /** Why they could not be read. */
    get problem(): Error | null {
        return this.#listing.problem;
    }

    start(): void {
        void this.#listing.read();
    }

    /** An event of the day's log came. */
    heard(kind: string): void {
        if (TELLING.has(kind)) this.start();
    }

    #of(kind: string): readonly Disturbance[] {
        return this.list?.filter((one) => one.kind === kind) ?? [];
    }
}
