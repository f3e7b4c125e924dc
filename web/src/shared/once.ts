// Requests that the service does once, however often they are sent.

import { idempotencyKey } from "./api";
import { isPassing } from "./retry";

/**
 * Gives the same request the same `Idempotency-Key` until it is answered: where the answer was lost, and
 * somebody asks for the same again, it is not done twice.
 */
export class Once {
    readonly #open = new Map<string, string>();

    async do<Answer>(
        request: unknown,
        call: (header: { "Idempotency-Key": string }) => Promise<Answer>,
    ): Promise<Answer> {
        const text = JSON.stringify(request);
        const key = this.#open.get(text) ?? idempotencyKey();
        this.#open.set(text, key);
        try {
            const answer = await call({ "Idempotency-Key": key });
            this.#open.delete(text);
            return answer;
        } catch (error) {
            if (!isPassing(error)) this.#open.delete(text);
            throw error;
        }
    }
}
