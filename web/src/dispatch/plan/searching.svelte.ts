// A search of the whole day that is not waited for: how far it is, its end, and a way to stop it.

import type { DayCalls, Operation, Replan } from "./calls";
import type { Schemas } from "../../shared/api";

/** The service tells its progress to half a second. */
const ASK_EVERY_MS = 400;

export interface Progress {
    elapsed_s?: number;
    iteration?: number;
    unserved?: number;
    fraction?: number;
}

export class Searching {
    operation = $state.raw<Operation | null>(null);
    readonly #calls: DayCalls;

    constructor(calls: DayCalls) {
        this.#calls = calls;
    }

    get isRunning(): boolean {
        return this.operation?.state === "running";
    }

    get progress(): Progress {
        return (this.operation?.progress ?? {}) as Progress;
    }

    /** Searches to the end; nothing where it was stopped or failed, which `operation` tells. */
    async run(body: Schemas["ReplanBody"]): Promise<Replan | null> {
        this.operation = await this.#calls.beginReplan(body);
        while (this.operation.state === "running") {
            await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
            this.operation = await this.#calls.operation(this.operation.id);
        }
        return this.operation.state === "done" ? (this.operation.result as Replan | null) : null;
    }

    async stop(): Promise<void> {
        if (this.operation) await this.#calls.cancelOperation(this.operation.id);
    }
}
