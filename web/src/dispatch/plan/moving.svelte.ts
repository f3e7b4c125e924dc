// Bookings on their way to another place: every place that is pointed at is checked, the newest answer
// wins, and nothing is changed until the dispatcher applies what they have seen.

import { Problem } from "../../shared/api";
import type { DayCalls, LoggedEvent, MoveReport, Tagged } from "./calls";
import { isSame, movesTo, type Place } from "./places";

/** While the pointer goes on, what it passes is not asked for. */
const SETTLE_MS = 90;

/** Kinds of events by which somebody changes the plan; others tell how the day goes. */
const CHANGES =
    /^(booking\.(moved|placed|confirmed|cancelled|rescheduled|displaced|left)|route\.(changed|replanned|rearranged)|day\.)/;

/** What others did to the plan between what was seen and what was to be applied. */
export interface Conflict {
    events: LoggedEvent[];
    /** What the dispatcher had seen. */
    before: MoveReport;
}

export interface MovingHost {
    calls: DayCalls;
    /** The last event of the day's log that is known of. */
    heard: () => number;
    /** Has the board read again: what it shows is no longer so. */
    refresh: () => void;
}

export class Moving {
    /** In the order in which they are to stand. */
    readonly bookings: readonly string[];
    place = $state.raw<Place>({ to: "anywhere" });
    report = $state.raw<MoveReport | null>(null);
    isChecking = $state(false);
    isApplying = $state(false);
    acceptsLateness = $state(false);
    problem = $state.raw<Error | null>(null);
    conflict = $state.raw<Conflict | null>(null);
    /** What was done, once it is done. */
    done = $state.raw<MoveReport | null>(null);
    readonly #host: MovingHost;
    #tag = "";
    #heardAtCheck = 0;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #asked: AbortController | null = null;

    constructor(host: MovingHost, bookings: readonly string[]) {
        this.#host = host;
        this.bookings = bookings;
    }

    /** Only promised windows would be missed, which a dispatcher may decide for. */
    get isOnlyLate(): boolean {
        const violations = this.report?.violations ?? [];
        const isLate = violations.every(({ code, route_id }) => code === "time_window" && route_id);
        return violations.length > 0 && isLate;
    }

    get canApply(): boolean {
        if (!this.report || this.isChecking || this.isApplying || this.done) return false;
        return this.report.feasible || (this.isOnlyLate && this.acceptsLateness);
    }

    /** Points at a place; it is checked once the pointer rests. */
    pointAt(place: Place): void {
        if (isSame(place, this.place) && (this.report || this.isChecking)) return;
        this.#aim(place);
        this.#timer = setTimeout(() => void this.#check(), SETTLE_MS);
    }

    /** Chooses a place, which is checked at once. */
    choose(place: Place): Promise<void> {
        if (isSame(place, this.place) && (this.report || this.isChecking)) return Promise.resolve();
        this.#aim(place);
        return this.#check();
    }

    /** The routes that it would change, as far as that is known. */
    routes(): string[] {
        const changed = this.report?.disruption.routes.map(({ route_id }) => route_id) ?? [];
        return this.place.to === "route" ? [this.place.route, ...changed] : changed;
    }

    /** The plan has moved on below the proposal: it is checked anew, and what happened is shown. */
    async overtaken(events: LoggedEvent[]): Promise<void> {
        const before = this.report;
        if (this.done || this.isApplying || !before) return;
        const byOthers = events.filter(({ kind }) => CHANGES.test(kind));
        await this.#check();
        if (byOthers.length === 0 || this.done) return;
        const earlier = this.conflict?.events ?? [];
        this.conflict = { events: [...earlier, ...byOthers], before };
        this.acceptsLateness = false;
    }

    async apply(): Promise<void> {
        const seen = this.report;
        if (!seen || !this.canApply) return;
        this.isApplying = true;
        this.problem = null;
        try {
            const moves = movesTo(this.bookings, this.place);
            this.done = await this.#host.calls.makeMoves(moves, this.#tag, this.acceptsLateness);
        } catch (error) {
            await this.#refused(error as Error, seen);
        } finally {
            this.isApplying = false;
        }
    }

    stop(): void {
        clearTimeout(this.#timer);
        this.#asked?.abort();
    }

    #aim(place: Place): void {
        this.stop();
        this.place = place;
        this.report = null;
        this.problem = null;
        this.conflict = null;
        this.acceptsLateness = false;
        this.isChecking = true;
    }

    async #check(): Promise<void> {
        this.stop();
        const asked = new AbortController();
        this.#asked = asked;
        this.isChecking = true;
        const heard = this.#host.heard();
        try {
            const moves = movesTo(this.bookings, this.place);
            this.#took(await this.#host.calls.checkMoves(moves, asked.signal), heard);
        } catch (error) {
            if (asked.signal.aborted) return;
            this.report = null;
            this.problem = error as Error;
        }
        if (this.#asked === asked) this.isChecking = false;
    }

    #took({ answer, tag }: Tagged<MoveReport>, heard: number): void {
        this.report = answer;
        this.#tag = tag;
        this.#heardAtCheck = heard;
        this.problem = null;
    }

    /** Another's change came first: it is shown, and the place is checked on the plan as it is now. */
    async #refused(error: Error, seen: MoveReport): Promise<void> {
        const code = error instanceof Problem ? error.code : "";
        if (code !== "plan_changed" && code !== "moves_refused") {
            this.problem = error;
            return;
        }
        this.acceptsLateness = false;
        const events = await this.#host.calls.eventsAfter(this.#heardAtCheck).catch(() => []);
        await this.#check();
        const byOthers = events.filter(({ kind }) => CHANGES.test(kind));
        this.conflict = { events: byOthers, before: seen };
    }
}
