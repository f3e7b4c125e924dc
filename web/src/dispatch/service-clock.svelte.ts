// What time it is for the service. It may run on a clock of its own (a rehearsal, a demo): each answer's
// `Date` says where that stands, and two of them how fast it goes.

/** How often the time that is shown moves on, in milliseconds. */
const TICK_MS = 5_000;

/** `Date` has whole seconds, and answers take a while: so much of a difference says nothing. */
const BLUR_MS = 1_500;

/** Answers nearer than this say nothing about the pace. */
const PACE_FROM_MS = 500;

interface Sight {
    service: number;
    machine: number;
}

export class ServiceClock {
    /** Milliseconds since 1970. */
    now = $state(Date.now());
    /** The service has told it. */
    isTold = $state(false);
    #first: Sight | null = null;
    #last: Sight | null = null;
    #timer: ReturnType<typeof setInterval> | undefined;

    start(): void {
        this.#timer = setInterval(() => this.#tick(), TICK_MS);
    }

    stop(): void {
        clearInterval(this.#timer);
    }

    /** An answer came with this `Date`. */
    heard(date: string | null): void {
        const sight = { service: Date.parse(date ?? ""), machine: performance.now() };
        if (Number.isNaN(sight.service)) return;
        this.#first ??= sight;
        this.#last = sight;
        this.isTold = true;
        this.#tick();
    }

    #tick(): void {
        const last = this.#last;
        if (!last) return;
        this.now = last.service + (performance.now() - last.machine) * this.#pace(last);
    }

    #pace(last: Sight): number {
        const first = this.#first ?? last;
        const machine = last.machine - first.machine;
        const service = last.service - first.service;
        const isOrdinary = Math.abs(service - machine) <= BLUR_MS + machine / 10;
        return machine < PACE_FROM_MS || isOrdinary ? 1 : service / machine;
    }
}
