// Holds at the service: one customer never keeps more than one.

import { Problem, given, idempotencyKey, type Api, type Schemas } from "../shared/api";
import { retrying } from "../shared/retry";

export type Hold = Schemas["HoldView"];

export class Holds {
    readonly #api: Api;
    /** Offers that were asked for and never answered: their holds may be there or not. */
    readonly #unanswered = new Map<string, string>();

    constructor(api: Api) {
        this.#api = api;
    }

    /** Takes an offer's place. Throws what the service refused, or `Unreachable`. */
    async take(offer: string): Promise<Hold> {
        await this.#settle();
        const key = idempotencyKey();
        this.#unanswered.set(key, offer);
        try {
            const hold = await retrying(() => this.#post(offer, key));
            this.#unanswered.delete(key);
            return hold;
        } catch (error) {
            // Of what went wrong inside the service it is not known whether it was done.
            if (error instanceof Problem && error.status < 500) this.#unanswered.delete(key);
            throw error;
        }
    }

    /** Gives a place back; that of a hold which is over already is given back. */
    async release(id: string): Promise<void> {
        try {
            await retrying(() => this.#delete(id));
        } catch (error) {
            if (!(error instanceof Problem)) throw error;
        }
    }

    /** Gives a place back while the page is left: nobody waits for the answer. */
    releaseOnLeaving(id: string): void {
        void this.#delete(id).catch(() => undefined);
    }

    /** What became of a hold. */
    async read(id: string): Promise<Hold | "over"> {
        try {
            return given(await this.#api.GET("/v1/holds/{id}", { params: { path: { id } } }));
        } catch (error) {
            if (error instanceof Problem && [404, 410].includes(error.status)) return "over";
            throw error;
        }
    }

    // Sent with their keys, unanswered requests are done once, and their places given back.
    async #settle(): Promise<void> {
        for (const [key, offer] of this.#unanswered) {
            const hold = await this.#post(offer, key).catch((error: unknown) => {
                if (error instanceof Problem) return null;
                throw error;
            });
            if (hold) await this.release(hold.id);
            this.#unanswered.delete(key);
        }
    }

    async #post(offer: string, key: string): Promise<Hold> {
        const answer = await this.#api.POST("/v1/holds", {
            body: { offer },
            params: { header: { "Idempotency-Key": key } },
        });
        return given(answer);
    }

    async #delete(id: string): Promise<void> {
        await this.#api.DELETE("/v1/holds/{id}", { params: { path: { id } }, keepalive: true });
    }
}
