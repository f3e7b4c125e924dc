// A proposal that the service works out: asked for, seen, and then accepted or dismissed. Where the plan
// has moved on below it, it is worked out anew and shown again, never forced.

import { Problem } from "../../shared/api";
import type { Disruption, Tagged } from "./calls";
import type { Projection } from "./projection";

export interface Proposal {
    id?: string | null;
    expires_at?: string | null;
    disruption: Disruption;
}

export interface Proposer<Asked, Answer extends Proposal> {
    workOut: (asked: Asked) => Promise<Tagged<Answer> | null>;
    apply: (id: string, tag: string) => Promise<Answer>;
    /** Routes are drawn as the board had them when the proposal came. */
    project: (disruption: Disruption) => Projection[];
}

const OVERTAKEN = new Set(["plan_changed", "moves_refused", "proposal_expired"]);

export class Proposing<Asked, Answer extends Proposal> {
    answer = $state.raw<Answer | null>(null);
    projections = $state.raw<readonly Projection[]>([]);
    isWorking = $state(false);
    isApplying = $state(false);
    isApplied = $state(false);
    /** It was worked out a second time, since the plan had changed. */
    isAnew = $state(false);
    problem = $state.raw<Error | null>(null);
    readonly #proposer: Proposer<Asked, Answer>;
    #tag = "";
    #asked: Asked | null = null;

    constructor(proposer: Proposer<Asked, Answer>) {
        this.#proposer = proposer;
    }

    async propose(asked: Asked): Promise<void> {
        this.dismiss();
        this.#asked = asked;
        this.isWorking = true;
        try {
            const found = await this.#proposer.workOut(asked);
            if (!found) return;
            this.answer = found.answer;
            this.#tag = found.tag;
            this.projections = this.#proposer.project(found.answer.disruption);
        } catch (error) {
            this.problem = error as Error;
        } finally {
            this.isWorking = false;
        }
    }

    async accept(): Promise<void> {
        const id = this.answer?.id;
        if (!id) return;
        this.isApplying = true;
        this.problem = null;
        try {
            this.answer = await this.#proposer.apply(id, this.#tag);
            this.isApplied = true;
        } catch (error) {
            await this.#refused(error as Error);
        } finally {
            this.isApplying = false;
        }
    }

    dismiss(): void {
        this.answer = null;
        this.projections = [];
        this.isApplied = false;
        this.isAnew = false;
        this.problem = null;
    }

    async #refused(error: Error): Promise<void> {
        const isOvertaken = error instanceof Problem && OVERTAKEN.has(error.code);
        if (!isOvertaken || this.#asked === null) {
            this.problem = error;
            return;
        }
        await this.propose(this.#asked);
        this.isAnew = true;
    }
}
