// The service's clock, as its answers tell it: a customer's own may be wrong by hours.

/** An answer tells whole seconds: by now the next one may have all but begun. */
const GRAIN_MS = 999;

export class ServiceClock {
    #ahead_ms: number | null = null;

    /** Takes the time from an answer. */
    hear(answer: Response): void {
        const now = Date.parse(answer.headers.get("Date") ?? "");
        if (!Number.isNaN(now)) this.#ahead_ms = now + GRAIN_MS - performance.now();
    }

    /** Milliseconds since 1970. */
    now(): number {
        return this.#ahead_ms === null ? Date.now() : this.#ahead_ms + performance.now();
    }
}
