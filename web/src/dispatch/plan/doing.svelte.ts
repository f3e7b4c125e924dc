// Something that is asked of the service once: under way, done, or refused with a problem.

export class Doing<Answer> {
    isUnderWay = $state(false);
    answer = $state.raw<Answer | null>(null);
    problem = $state.raw<Error | null>(null);

    /** Does it, and keeps what came of it; false where it was refused. */
    async do(work: () => Promise<Answer>): Promise<boolean> {
        this.isUnderWay = true;
        this.problem = null;
        this.answer = null;
        try {
            this.answer = await work();
            return true;
        } catch (error) {
            this.problem = error as Error;
            return false;
        } finally {
            this.isUnderWay = false;
        }
    }
}

/** A list that is read again when something tells that it has changed; the newest answer wins. */
export class Listing<Item> {
    items = $state.raw<readonly Item[] | null>(null);
    problem = $state.raw<Error | null>(null);
    readonly #read: () => Promise<readonly Item[]>;
    #round = 0;

    constructor(read: () => Promise<readonly Item[]>) {
        this.#read = read;
    }

    async read(): Promise<void> {
        const round = ++this.#round;
        try {
            const items = await this.#read();
            if (round === this.#round) this.items = items;
            this.problem = null;
        } catch (error) {
            this.problem = error as Error;
        }
    }
}
