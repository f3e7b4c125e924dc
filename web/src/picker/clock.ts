// The service's clock, as its answers tell it: a customer's own may be wrong by hours.

/** Version 7 of a UUID begins with milliseconds since 1970; Doorstep's ids are such UUIDs. */
const STAMPED = /^[a-z]+_([0-9a-f]{12})7/;

export class ServiceClock {
    #ahead_ms: number | null = null;

    /** Takes the time from the id of something that the service has just made. */
    hear(id: string): void {
        const stamp = STAMPED.exec(id)?.[1];
        if (stamp) this.#ahead_ms = Number.parseInt(stamp, 16) - performance.now();
    }

    /** Milliseconds since 1970. */
    now(): number {
        return this.#ahead_ms === null ? Date.now() : this.#ahead_ms + performance.now();
    }
}
