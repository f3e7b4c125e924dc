// What the courier told: written to the phone first, then sent in the order in which it happened,
// as often as it takes. The service knows an event by its id, so that twice is once.

import { given, Problem, type Api, type Schemas } from "../shared/api";
import type { Entry, Phone } from "./phone";
import { Sender } from "./sender";
import type { Told } from "./told";

/** So many at a time: small enough to get through on a bad line. */
const BATCH = 100;

/** A clock that is set back by more than this was wrong before, and is right now. */
const BACKWARDS_MS_MAX = 60_000;

/** An event without what the outbox gives it. */
export type Happening = Told extends infer Event
    ? Event extends Told
        ? Omit<Event, "id" | "at">
        : never
    : never;

export class Outbox {
    /** Everything told that is not settled, in the order in which it was told. */
    entries = $state.raw<Entry[]>([]);
    /** The key was not accepted: nothing is sent until there is another. */
    isRefused = $state(false);
    readonly waiting = $derived(this.entries.filter((entry) => entry.state === "waiting"));
    readonly remarks = $derived(this.entries.filter((entry) => entry.remark !== null));
    /** What the route that was read last does not have yet. */
    readonly told = $derived(
        this.entries
            .filter(({ state }) => state === "waiting" || state === "sent")
            .map(({ event }) => event),
    );

    readonly #phone: Phone;
    readonly #api: Api;
    readonly #sender: Sender;
    readonly #onSent: () => void;
    readonly #tabs = new BroadcastChannel("doorstep.courier.outbox");
    #lastAt = 0;
    #isHeldBack = true;
    #isOver = false;

    constructor(phone: Phone, api: Api, onSent: () => void) {
        this.#phone = phone;
        this.#api = api;
        this.#onSent = onSent;
        this.#sender = new Sender("doorstep.courier.outbox", () => this.#send());
        this.#tabs.onmessage = () => void this.#reload();
    }

    /** Reads what an earlier page left. Nothing is sent before `release`. */
    async open(): Promise<void> {
        await this.#reload();
        const last = this.entries.at(-1);
        if (last) this.#lastAt = Date.parse(last.event.at);
    }

    /** What is kept is known to belong to the courier whose key this is. */
    release(): void {
        this.#isHeldBack = false;
        this.ask();
    }

    /** Nothing is written to the phone from here on. */
    stop(): void {
        this.#isOver = true;
        this.#sender.stop();
        this.#tabs.close();
    }

    /** Sends what waits, as soon as it can be done. */
    ask(): void {
        if (!this.#isHeldBack && !this.isRefused) this.#sender.ask();
    }

    /** Tells that something happened now. */
    async tell(happening: Happening, who: string | null): Promise<void> {
        const event = { ...happening, id: crypto.randomUUID(), at: this.#now() } as Told;
        await this.#phone.add({ event, who, state: "waiting", remark: null });
        await this.#changed();
        this.ask();
    }

    /** What was sent before a route was read is on that route. */
    async settle(sent: readonly Entry[]): Promise<void> {
        const ids = new Set(sent.map(({ seq }) => seq));
        const settled = this.entries.filter(({ seq, state }) => ids.has(seq) && state === "sent");
        if (settled.length === 0) return;
        await this.#phone.remove(settled.filter(({ remark }) => remark === null));
        const noted = settled.filter(({ remark }) => remark !== null);
        await this.#phone.put(noted.map((entry) => ({ ...entry, state: "known" })));
        await this.#changed();
    }

    /** The courier has read why. */
    async dismiss(entry: Entry): Promise<void> {
        if (entry.state === "sent") await this.#phone.put([{ ...entry, remark: null }]);
        else await this.#phone.remove([entry]);
        await this.#changed();
    }

    /** Two events never happen at the same moment: their order would be lost. */
    #now(): string {
        const now = Date.now();
        const isSetBack = this.#lastAt - now > BACKWARDS_MS_MAX;
        this.#lastAt = isSetBack ? now : Math.max(now, this.#lastAt + 1);
        return new Date(this.#lastAt).toISOString();
    }

    async #send(): Promise<void> {
        for (;;) {
            const waiting = (await this.#phone.entries()).filter((e) => e.state === "waiting");
            const batch = waiting.slice(0, BATCH);
            if (batch.length === 0) return;
            const results = await this.#post(batch);
            if (results === null || this.#isOver) return;
            await this.#phone.put(batch.map((entry, index) => answered(entry, results[index])));
            await this.#changed();
            this.#onSent();
        }
    }

    async #post(batch: Entry[]): Promise<Schemas["ReportResultView"][] | null> {
        const sent_at = new Date().toISOString();
        const body = { sent_at, events: batch.map(({ event }) => event) };
        try {
            return given(await this.#api.POST("/v1/couriers/me/events", { body })).results;
        } catch (error) {
            if (!(error instanceof Problem && error.isAboutKey)) throw error;
            this.isRefused = true;
            return null;
        }
    }

    async #changed(): Promise<void> {
        await this.#reload();
        this.#tabs.postMessage("changed");
    }

    async #reload(): Promise<void> {
        this.entries = await this.#phone.entries();
    }
}

function answered(entry: Entry, result: Schemas["ReportResultView"] | undefined): Entry {
    if (!result) return entry;
    const { code, detail, status } = result;
    // Collecting repeats the inspection, which was remarked on before.
    const isRepeated = entry.event.type === "collected" && code === "imei_mismatch";
    const remark = code && !isRepeated ? { code, detail: detail ?? "" } : null;
    return { ...entry, state: status === "rejected" ? "refused" : "sent", remark };
}
