// Calls that are made again when the network, or a busy service, did not answer them.

import { Problem, Unreachable } from "./api";

const PAUSES_MS = [400, 1_200, 3_000];

/** Whether a call may be answered when it is made again. */
export function isPassing(error: unknown): boolean {
    return error instanceof Unreachable || (error instanceof Problem && error.status === 503);
}

/**
 * Makes a call until it is answered, four times at most. Give it an `Idempotency-Key` where doing
 * it twice would do harm.
 */
export async function retrying<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    for (const pause of PAUSES_MS) {
        try {
            return await call();
        } catch (error) {
            if (!isPassing(error)) throw error;
            await new Promise((resolve) => setTimeout(resolve, pause));
        }
    }
    return call();
}
