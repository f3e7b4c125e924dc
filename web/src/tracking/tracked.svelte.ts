// A booking as its customer sees it, live; and what the customer changes of it.

import { Problem, Unreachable, api, given, type Api, type Schemas } from "../shared/api";
import { retrying } from "../shared/retry";
import { follow, type Connection } from "../shared/stream";

export type View = Schemas["TrackingView"];

export class Tracked {
    view = $state.raw<View | null>(null);
    connection = $state<Connection>("connecting");
    /** There is nothing behind this link. */
    isGone = $state(false);
    /** It could not be read yet. */
    failure = $state.raw<Error | null>(null);

    readonly token: string;
    readonly #api: Api = api(null);
    #unfollow: (() => void) | null = null;

    constructor(token: string) {
        this.token = token;
    }

    get path(): { token: string } {
        return { token: this.token };
    }

    /** Reads it, and follows it from then on. */
    async start(): Promise<void> {
        await this.read();
        if (this.view) this.#follow();
    }

    stop(): void {
        this.#unfollow?.();
    }

    async read(): Promise<void> {
        this.failure = null;
        try {
            const params = { path: this.path };
            this.view = given(
                await retrying(() => this.#api.GET("/v1/tracking/{token}", { params })),
            );
        } catch (error) {
            this.#failed(error as Error);
        }
    }

    /** The slots that have a place for what was booked. */
    async slots(): Promise<Schemas["OtherSlotsView"]> {
        const params = { path: this.path };
        const search = () =>
            this.#api.POST("/v1/tracking/{token}/slot-searches", { params, body: {} });
        return given(await retrying(search));
    }

    /** Moves it to an offer's slot; where it failed, books another visit there. */
    async move(offer: string, start: string): Promise<void> {
        const params = { path: this.path };
        try {
            const answer = await this.#api.POST("/v1/tracking/{token}/reschedule", {
                params,
                body: { offer },
            });
            this.view = given(answer);
        } catch (error) {
            await this.read();
            // The answer was lost, or the request: what it is now says which.
            const isDone = this.view?.slot.start === start || this.view?.booked_again;
            if (!(error instanceof Unreachable) || !isDone) throw error;
        }
    }

    /** Calls it off. Doing it again does no harm. */
    async cancel(): Promise<void> {
        const params = { path: this.path };
        const cancel = () => this.#api.POST("/v1/tracking/{token}/cancel", { params });
        try {
            this.view = given(await retrying(cancel));
        } catch (error) {
            if (error instanceof Problem) await this.read();
            throw error;
        }
    }

    #follow(): void {
        this.#unfollow ??= follow({
            url: `/v1/tracking/${encodeURIComponent(this.token)}/stream`,
            key: null,
            onEvent: ({ kind, data }) => {
                if (kind === "booking" && data) this.view = data as View;
            },
            onConnection: (connection) => (this.connection = connection),
            onRefused: (status) => this.#failed(new Problem(status, {})),
        });
    }

    #failed(error: Error): void {
        const isGone = error instanceof Problem && error.status < 500 && error.status !== 429;
        if (isGone) this.isGone = true;
        else this.failure = error;
    }
}

/** The token of a page's address, `/t/{token}`. */
export function tokenOf(path: string): string {
    const last = path.replace(/\/+$/, "").split("/").at(-1) ?? "";
    try {
        return decodeURIComponent(last);
    } catch {
        return last;
    }
}
