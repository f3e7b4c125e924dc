// Holds at the service: one customer never keeps more than one.

import { Problem, given, idempotencyKey, type Api, type Schemas } from "../shared/api";
import { retrying } from "../shared/retry";
import type { ServiceClock } from "./clock";
import { isTaken } from "./losses";

export type Hold = Schemas["HoldView"];

/** What is held after another place was asked for, and why it is not that place. */
export interface Exchanged {
    hold: Hold | null;
    error: Error | null;
}

export class Holds {
    readonly #api: Api;
    readonly #clock: ServiceClock;
    /** Offers that were asked for and never answered: their holds may be there or not. */
    readonly #unanswered = new Map<string, string>();

    /** The offer that each hold was made of. */
    readonly #offers = new Map<string, string>();

    constructor(api: Api, clock: ServiceClock) {
        this.#api = api;
        this.#clock = clock;
    }

    /**
     * Takes an offer's place instead of what is held. The new place is taken before the old one is
     * given back, so that a lost race costs nothing; only where the old one may be in the way does it
     * make room first, and is taken again where that did not help.
     */
    async exchange(former: Hold | null, offer: string): Promise<Exchanged> {
        try {
            const hold = await this.take(offer);
            if (former) await this.release(former.id).catch(() => undefined);
            return { hold, error: null };
        } catch (error) {
            const isInTheWay = former !== null && isTaken(error);
            return isInTheWay
                ? this.#makeRoom(former, offer)
                : { hold: former, error: error as Error };
        }
    }

    async #makeRoom(former: Hold, offer: string): Promise<Exchanged> {
        const old = this.#offers.get(former.id);
        try {
            await this.release(former.id);
            return { hold: await this.take(offer), error: null };
        } catch (error) {
            const again = old === undefined ? null : await this.take(old).catch(() => null);
            return { hold: again, error: error as Error };
        }
    }

    /** Takes an offer's place. Throws what the service refused, or `Unreachable`. */
    async take(offer: string): Promise<Hold> {
        await this.#settle();
        const key = idempotencyKey();
        this.#unanswered.set(key, offer);
        try {
            const hold = await retrying(() => this.#post(offer, key));
            this.#unanswered.delete(key);
            this.#offers.set(hold.id, offer);
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
            const answer = await this.#api.GET("/v1/holds/{id}", { params: { path: { id } } });
            this.#clock.hear(answer.response);
            return given(answer);
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
        this.#clock.hear(answer.response);
        return given(answer);
    }

    async #delete(id: string): Promise<void> {
        await this.#api.DELETE("/v1/holds/{id}", { params: { path: { id } }, keepalive: true });
    }
}
