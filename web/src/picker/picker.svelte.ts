// What the picker shows and does: one search, and one hold at most.

import { Problem, given, type Api, type Schemas } from "../shared/api";
import { retrying } from "../shared/retry";
import { ServiceClock } from "./clock";
import { nearest, type Slot } from "./days";
import { Holds, type Hold } from "./holds";

export type Search = Schemas["SlotSearchBody"];
export type Answer = Schemas["SlotSearchView"];

/** A place that is gone, and what could be had instead. */
export interface Loss {
    kind: "taken" | "expired";
    slot: { start: string; end: string };
    alternatives: Slot[];
}

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

const ALTERNATIVES_MAX = 3;

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
    /** Start of the slot that is being taken. */
    choosing = $state<string | null>(null);
    /** Seconds that the hold still has. */
    left_s = $state(0);

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
        this.#holds = api && new Holds(api);
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
            const found = given(
                await retrying(() => api.POST("/v1/slot-searches", { body: search })),
            );
            if (generation !== this.#generation) return;
            this.clock.hear(found.search_id);
            this.answer = found;
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
        if (!holds || !slot.offer || this.choosing || slot.start === this.hold?.slot.start) return;
        this.choosing = slot.start;
        this.failure = null;
        try {
            await this.#exchange(holds, slot, slot.offer).catch((error: unknown) =>
                this.#withFreshOffer(holds, slot, error),
            );
        } catch (error) {
            await this.#refused(error as Error, slot);
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

    // The new place is taken before the old one is given back, so that a lost race costs nothing.
    // Only where the old one is in its way does it make room first.
    async #exchange(holds: Holds, slot: Slot, offer: string): Promise<void> {
        const former = this.hold;
        const taken = await holds.take(offer).catch(async (error: unknown) => {
            if (!former || !isTaken(error)) throw error;
            return this.#makeRoom(holds, former, slot, offer);
        });
        if (!taken) return;
        this.#held(taken);
        if (former) await holds.release(former.id).catch(() => undefined);
    }

    // An offer that was looked at for too long: the slot may be as free as before.
    async #withFreshOffer(holds: Holds, slot: Slot, error: unknown): Promise<void> {
        if (!(error instanceof Problem) || error.status !== 410) throw error;
        await this.refresh(true);
        const offer = this.answer?.slots.find((other) => other.start === slot.start)?.offer;
        if (!offer) throw error;
        await this.#exchange(holds, slot, offer);
    }

    async #makeRoom(holds: Holds, former: Hold, slot: Slot, offer: string): Promise<Hold | null> {
        await holds.release(former.id);
        try {
            return await holds.take(offer);
        } catch (error) {
            const old = this.answer?.slots.find((slot) => slot.start === former.slot.start);
            const again = old?.offer ? await holds.take(old.offer).catch(() => null) : null;
            if (again) this.#held(again);
            else this.#dropped();
            await this.#refused(error as Error, slot);
            return null;
        }
    }

    #held(hold: Hold): void {
        this.clock.hear(hold.id);
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
        const alternatives = nearest(alternativesOf(error), slot, ALTERNATIVES_MAX);
        this.#lost({ kind: "taken", slot, alternatives });
        await this.refresh(true);
        if (alternatives.length === 0) this.#offerOthers();
    }

    async #expired(hold: Hold): Promise<void> {
        this.#dropped();
        this.#lost({ kind: "expired", slot: hold.slot, alternatives: [] });
        await this.refresh(true);
        this.#offerOthers();
    }

    // After a search: its slots that are near to the lost one, which may be free again itself.
    #offerOthers(): void {
        const { loss, answer } = this;
        if (!loss || !answer) return;
        const same = answer.slots.filter((slot) => slot.offer && slot.start === loss.slot.start);
        const others = nearest(answer.slots, loss.slot, ALTERNATIVES_MAX);
        const alternatives = [...same, ...others].slice(0, ALTERNATIVES_MAX);
        this.loss = { ...loss, alternatives };
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

const isTaken = (error: unknown) => error instanceof Problem && error.status === 409;

/** The offer's place is gone, or the offer has become too old. */
function isGone(error: Error): boolean {
    if (!(error instanceof Problem)) return false;
    return [409, 410, 412].includes(error.status) || error.code === "bad_offer";
}

function alternativesOf(error: Error): Slot[] {
    const given = error instanceof Problem ? error.body["alternatives"] : null;
    return Array.isArray(given) ? (given as Slot[]) : [];
}
