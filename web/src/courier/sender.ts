// Does a piece of sending until it succeeds: with pauses that grow, at once when the network is back
// or the page is looked at again, and in one tab at a time.

const PAUSE_MS_MIN = 2_000;
const PAUSE_MS_MAX = 60_000;

export class Sender {
    readonly #name: string;
    readonly #job: () => Promise<void>;
    #isAsked = false;
    #failures = 0;
    #timer: ReturnType<typeof setTimeout> | undefined;
    readonly #again = () => this.ask();
    readonly #seen = () => {
        if (document.visibilityState === "visible") this.ask();
    };

    /** `name` is that of the lock which tabs share; `job` throws where it is to be done again. */
    constructor(name: string, job: () => Promise<void>) {
        this.#name = name;
        this.#job = job;
        addEventListener("online", this.#again);
        document.addEventListener("visibilitychange", this.#seen);
    }

    stop(): void {
        clearTimeout(this.#timer);
        removeEventListener("online", this.#again);
        document.removeEventListener("visibilitychange", this.#seen);
    }

    /** Sends as soon as it can be done. */
    ask(): void {
        if (this.#isAsked || !navigator.onLine) return;
        this.#isAsked = true;
        clearTimeout(this.#timer);
        void navigator.locks.request(this.#name, () => this.#attempt());
    }

    async #attempt(): Promise<void> {
        this.#isAsked = false;
        try {
            await this.#job();
            this.#failures = 0;
        } catch {
            this.#failures += 1;
            this.#timer = setTimeout(this.#again, pause(this.#failures));
        }
    }
}

/** Doubles with each failure; up to a half less, so that phones do not come back all at once. */
function pause(failures: number): number {
    const longest = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** (failures - 1));
    return longest * (1 - Math.random() / 2);
}
