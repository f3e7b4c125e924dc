// What time it is for the service. It may run on a clock of its own (a rehearsal, a demo): the moments
// of its events say where that stands, and two of them how fast it goes. Until one has come, the
// machine's own clock has to do.

/** How often the time that is shown moves on, in milliseconds. */
const TICK_MS = 5_000;

/** Two events nearer than this say nothing about the pace. */
const PACE_FROM_MS = 1_000;

/** A pace between these is the ordinary one, told by messages that were longer or shorter on the way. */
const ORDINARY = [0.8, 1.25] as const;

/** What comes so soon after a connection was found again may have waited for it. */
const CATCH_UP_MS = 2_000;

interface Sight {
    service: number;
    machine: number;
}

export class ServiceClock {
    /** Milliseconds since 1970. */
    now = $state(Date.now());
    /** An event has told it; before, it is the machine's. */
    isTold = $state(false);
    #first: Sight | null = null;
    #last: Sight | null = null;
    #catchingUpUntil = 0;
    #timer: ReturnType<typeof setInterval> | undefined;

    start(): void {
        this.#timer = setInterval(() => this.#tick(), TICK_MS);
    }

    stop(): void {
        clearInterval(this.#timer);
    }

    /** The connection was lost and found again: what is heard next may be old. */
    reconnected(): void {
        this.#first = null;
        this.#catchingUpUntil = performance.now() + CATCH_UP_MS;
    }

    /** An event came that happened at a moment of the service's clock. */
    heard(at: string): void {
        const sight = { service: Date.parse(at), machine: performance.now() };
        // Events come in the order of their commits, a little out of that of their moments.
        if (Number.isNaN(sight.service) || (this.#last && sight.service < this.#last.service))
            return;
        if (sight.machine > this.#catchingUpUntil) this.#first ??= sight;
        this.#last = sight;
        this.isTold = true;
        this.#tick();
    }

    #tick(): void {
        this.now = this.#last ? this.#estimate(this.#last) : Date.now();
    }

    #estimate(last: Sight): number {
        return last.service + (performance.now() - last.machine) * this.#pace(last);
    }

    #pace(last: Sight): number {
        const first = this.#first ?? last;
        const machine = last.machine - first.machine;
        if (machine < PACE_FROM_MS) return 1;
        const pace = (last.service - first.service) / machine;
        return pace > ORDINARY[0] && pace < ORDINARY[1] ? 1 : Math.max(1, pace);
    }
}
