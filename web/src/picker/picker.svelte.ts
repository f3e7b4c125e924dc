// What the picker shows and does: one search, and one hold at most.

import { given, type Api, type Schemas } from "../shared/api";
import { retrying } from "../shared/retry";
import { ServiceClock } from "./clock";
import { keyOf, promiseOf, slotsOf, type Slot } from "./days";
import { Holds, type Hold } from "./holds";
import { isGone, isStale, taken, withAlternatives, type Loss } from "./losses";

export type Search = Schemas["SlotSearchBody"];
export type Answer = Schemas["SlotSearchView"];

/** What is told to those who do not see the picker. */
export type Saying =
    | { kind: "searching" | "found" }
    | { kind: "held"; hold: Hold; minutes: number }
    | { kind: "released"; hold: Hold };

/** What the page around is told. */
export interface Listener {
    hold(hold: Hold): void;
    release(hold: Hold): void;
    lost(loss: Loss): void;
    error(error: Error): void;
}

/** What became of a hold is asked so often while it is shown, and when its time is over. */
const CHECK_MS = 20_000;
const CHECK_AT_END_MS = 2_000;

export class Picker {
    answer = $state.raw<Answer | null>(null);
    isSearching = $state(false);
    failure = $state.raw<Error | null>(null);
    hold = $state.raw<Hold | null>(null);
    /** The hold has become a booking. */
    isBooked = $state(false);
    loss = $state.raw<Loss | null>(null);
    saying = $state.raw<Saying | null>(null);
    /** Key of the slot that is being taken. */
    choosing = $state<string | null>(null);
    /** Seconds that the hold still has. */
    left_s = $state(0);

    /** All that was found. */
    readonly slots = $derived(this.answer ? slotsOf(this.answer) : []);
    /** Key of the slot that is held. */
    readonly chosen = $derived(this.hold && keyOf(promiseOf(this.hold)));

    readonly clock = new ServiceClock();
    readonly #listener: Listener;
    #api: Api | null = null;
    #holds: Holds | null = null;
    #search: Search | null = null;
    #generation = 0;
    #isKept = false;
    #isChecking = false;
    #checked_ms = 0;
    #timer: ReturnType<typeof setInterval> | undefined;

    constructor(listener: Listener) {
        this.#listener = listener;
    }

    /** Asks for other slots, or with another key. What was held for the former search is given back. */
    async ask(api: Api | null, search: Search | null): Promise<void> {
        const former = this.#holds;
        const { hold } = this;
        this.#api = api;
        this.#search = search;
        this.#holds = api && new Holds(api, this.clock);
        this.#dropped();
        this.answer = null;
        this.loss = null;
        this.failure = null;
        if (hold && !this.#isKept) {
            this.#listener.release(hold);
            await former?.release(hold.id).catch(() => undefined);
        }
        this.#isKept = false;
        await this.refresh();
    }

    /** Searches again. What is held stays. */
    async refresh(isSilent = false): Promise<void> {
        const [api, search, generation] = [this.#api, this.#search, ++this.#generation];
        this.isSearching = Boolean(api && search);
        if (!api || !search) return;
        this.failure = null;
        if (!isSilent) this.saying = { kind: "searching" };
        try {
            const found = await retrying(() => api.POST("/v1/slot-searches", { body: search }));
            if (generation !== this.#generation) return;
            this.clock.hear(found.response);
            this.answer = given(found);
            if (!isSilent) this.saying = { kind: "found" };
        } catch (error) {
            if (generation === this.#generation) this.#failed(error as Error);
        } finally {
            if (generation === this.#generation) this.isSearching = false;
        }
    }

    /** Takes a slot instead of what is held now. */
    async choose(slot: Slot): Promise<void> {
        const holds = this.#holds;
        if (!holds || !slot.offer || this.choosing || keyOf(slot) === this.chosen) return;
        this.choosing = keyOf(slot);
        this.failure = null;
        try {
            await this.#exchange(holds, slot, slot.offer);
        } finally {
            this.choosing = null;
        }
    }

    /** Gives back what is held. */
    async release(): Promise<void> {
        const [holds, hold] = [this.#holds, this.hold];
        if (!holds || !hold) return;
        this.#dropped();
        this.saying = { kind: "released", hold };
        this.#listener.release(hold);
        await holds.release(hold.id).catch(() => undefined);
        await this.refresh(true);
    }

    /** From now on the hold is the page's: it is not given back when the page is left. */
    keep(isKept: boolean): void {
        this.#isKept = isKept;
    }

    /** The page is left. */
    leave(): void {
        if (this.hold && !this.#isKept) this.#holds?.releaseOnLeaving(this.hold.id);
        this.#dropped();
    }

    dismiss(): void {
        this.loss = null;
    }

    /** Looks whether the hold is still there: after a sleep, or because the page was told otherwise. */
    async check(): Promise<void> {
        const [holds, hold] = [this.#holds, this.hold];
        if (!holds || !hold || this.#isChecking) return;
        this.#isChecking = true;
        this.#checked_ms = performance.now();
        try {
            const now = await holds.read(hold.id);
            if (hold.id !== this.hold?.id) return;
            if (now === "over" || now.status === "cancelled") await this.#expired(hold);
            else if (now.booking_id) this.#confirmed();
        } catch {
            // Asked again at the next turn.
        } finally {
            this.#isChecking = false;
        }
    }

    async #exchange(holds: Holds, slot: Slot, offer: string): Promise<void> {
        let { hold, error } = await holds.exchange(this.hold, offer);
        // An offer that was looked at for too long: the slot may be as free as before.
        const fresh = isStale(error) ? await this.#freshOffer(slot) : null;
        if (fresh) ({ hold, error } = await holds.exchange(hold, fresh));
        if (hold === null) this.#dropped();
        else if (hold !== this.hold) this.#held(hold);
        if (error !== null) await this.#refused(error, slot);
    }

    async #freshOffer(slot: Slot): Promise<string | null> {
        await this.refresh(true);
        return this.slots.find((other) => keyOf(other) === keyOf(slot))?.offer ?? null;
    }

    #held(hold: Hold): void {
        this.hold = hold;
        this.loss = null;
        this.isBooked = false;
        this.#isKept = false;
        this.#checked_ms = performance.now();
        clearInterval(this.#timer);
        this.#timer = setInterval(() => this.#tick(), 1_000);
        this.#count();
        this.saying = { kind: "held", hold, minutes: Math.round(this.left_s / 60) };
        this.#listener.hold(hold);
    }

    async #refused(error: Error, slot: Slot): Promise<void> {
        if (!isGone(error)) return this.#failed(error);
        this.#lost(taken(slot, error));
        await this.refresh(true);
        if (this.loss?.alternatives.length === 0) this.#offerOthers();
    }

    async #expired(hold: Hold): Promise<void> {
        this.#dropped();
        this.#lost({ kind: "expired", slot: promiseOf(hold), alternatives: [] });
        await this.refresh(true);
        this.#offerOthers();
    }

    #offerOthers(): void {
        if (this.loss) this.loss = withAlternatives(this.loss, this.slots);
    }

    #lost(loss: Loss): void {
        this.loss = loss;
        this.saying = null;
        this.#listener.lost(loss);
    }

    #failed(error: Error): void {
        this.failure = error;
        this.saying = null;
        this.#listener.error(error);
    }

    #confirmed(): void {
        clearInterval(this.#timer);
        this.isBooked = true;
        this.#isKept = true;
    }

    #dropped(): void {
        clearInterval(this.#timer);
        this.hold = null;
        this.isBooked = false;
    }

    #tick(): void {
        this.#count();
        const every = this.left_s > 0 ? CHECK_MS : CHECK_AT_END_MS;
        if (performance.now() - this.#checked_ms < every) return;
        void this.check();
    }

    #count(): void {
        const ends = Date.parse(this.hold?.expires_at ?? "");
        this.left_s = Math.max(0, Math.ceil((ends - this.clock.now()) / 1_000)) || 0;
    }
}
