// What is filled in at a door, and what is told of it. Every change is kept on the phone at once, so
// that a reload or a dead battery loses nothing.

import { imeiDigits, imeiFault, type ImeiFault } from "./imei";
import type { Happening } from "./outbox.svelte";
import type { DoorDraft, Phone } from "./phone";
import { drawn, keep, reduced } from "./photos";
import { amountOf } from "./quote";
import { collected, type Stop } from "./route";
import type { Evidence, FailReason, Inspection } from "./told";

/** What the customer's link shows, for the customer to read out. */
const CODE = /^\d{4}$/;

/** What a visit comes to, by what was found: with an exchange each has its own way out. */
export type Branch = "all_taken" | "some_taken" | "none_taken" | "undecided";

export class Door {
    draft = $state() as DoorDraft;
    readonly stop: Stop;
    /** Keeps a signature that was drawn and not kept yet. */
    keepInk: (() => Promise<void>) | null = null;
    /** What values are counted in here. */
    readonly currency: string;
    readonly #phone: Phone;

    readonly branch = $derived.by<Branch>(() => {
        const verdicts = this.draft.devices.map(({ verdict }) => verdict);
        if (verdicts.includes(null)) return "undecided";
        if (!verdicts.includes("refused")) return "all_taken";
        return verdicts.includes("taken") ? "some_taken" : "none_taken";
    });

    private constructor(phone: Phone, stop: Stop, currency: string, draft: DoorDraft) {
        this.#phone = phone;
        this.stop = stop;
        this.currency = currency;
        this.draft = draft;
    }

    /** Goes on with what the phone has of this door. */
    static async open(phone: Phone, stop: Stop, currency: string): Promise<Door> {
        const booking = stop.booking_id ?? stop.stop_id;
        const kept = await phone.door(booking);
        const devices = collected(stop).map((_, index) => {
            return kept?.devices[index] ?? { imei: "", verdict: null, quote: "" };
        });
        const isInspecting = devices.length > 0;
        const fresh: DoorDraft = {
            booking,
            step: isInspecting ? "inspect" : "hand_over",
            devices,
            isHandedOver: true,
            photos: [],
            signature: null,
            code: "",
            calls: 0,
            note: "",
            since: Date.parse(stop.arrived_at ?? "") || Date.now(),
        };
        return new Door(phone, stop, currency, { ...fresh, ...kept, devices });
    }

    /** Keeps what is filled in. */
    async keep(): Promise<void> {
        await this.#phone.keepDoor($state.snapshot(this.draft));
    }

    /** What is wrong with an IMEI as typed; null where nothing is, or nothing was typed. */
    imeiFault(device: number): ImeiFault | null {
        const text = this.draft.devices[device]?.imei ?? "";
        return imeiDigits(text) === "" ? null : imeiFault(text);
    }

    /** Whether it is the booked one; null where that cannot be said. */
    isBookedImei(device: number): boolean | null {
        const booked = collected(this.stop)[device]?.imei;
        const found = imeiDigits(this.draft.devices[device]?.imei ?? "");
        return booked && found && !imeiFault(found) ? booked === found : null;
    }

    /** A quote that is no amount. */
    isQuoteWrong(device: number): boolean {
        const text = this.draft.devices[device]?.quote.trim() ?? "";
        return text !== "" && amountOf(text, this.currency) === null;
    }

    /** Everything is decided, and nothing is wrong. */
    readonly isInspected = $derived.by(() => {
        const isFine = (_: unknown, index: number) =>
            this.imeiFault(index) === null && !this.isQuoteWrong(index);
        return this.branch !== "undecided" && this.draft.devices.every(isFine);
    });

    /** What the devices that are taken are worth: as quoted, else as declared. Minor units. */
    readonly worth = $derived.by(() =>
        this.draft.devices.reduce((sum, { verdict, quote }, device) => {
            if (verdict !== "taken") return sum;
            const declared = collected(this.stop)[device]?.declared_value?.amount ?? 0;
            const quoted = quote.trim() ? amountOf(quote, this.currency) : null;
            return sum + (quoted ?? declared);
        }, 0),
    );

    inspections(): Inspection[] {
        return this.draft.devices.map(({ imei, verdict, quote }, device) => {
            const digits = imeiDigits(imei);
            const { currency } = this;
            const amount = quote.trim() ? amountOf(quote, currency) : null;
            return {
                device,
                accepted: verdict === "taken",
                ...(digits ? { imei: digits } : {}),
                ...(amount !== null ? { quote: { amount, currency } } : {}),
            };
        });
    }

    inspected(): Happening {
        return {
            type: "inspected",
            booking_id: this.draft.booking,
            devices: this.inspections(),
        };
    }

    /** A code that the customer cannot have read out. */
    readonly isCodeWrong = $derived.by(() => {
        const code = this.draft.code.trim();
        return code !== "" && !CODE.test(code);
    });

    /** It was done: what was taken is taken along, what was brought is handed over. */
    done(place: Evidence["place"]): Happening {
        const booking_id = this.draft.booking;
        const evidence = this.#evidence(place);
        if (this.stop.visit_kind === "delivery") {
            return { type: "delivered", booking_id, evidence };
        }
        const isExchange = this.stop.visit_kind === "exchange";
        return {
            type: "collected",
            booking_id,
            devices: this.inspections(),
            evidence,
            ...(isExchange ? { handed_over: this.draft.isHandedOver } : {}),
        };
    }

    failed(reason: FailReason, place: Evidence["place"]): Happening {
        const booking_id = this.draft.booking;
        return { type: "failed", booking_id, reason, evidence: this.#evidence(place) };
    }

    #evidence(place: Evidence["place"]): Evidence {
        const { photos, signature, calls } = this.draft;
        const [code, note] = [this.draft.code.trim(), this.draft.note.trim()];
        return {
            photos: [...photos],
            calls,
            ...(signature ? { signature } : {}),
            ...(CODE.test(code) ? { code } : {}),
            ...(note ? { note } : {}),
            ...(place ? { place } : {}),
        };
    }

    async addPhoto(file: Blob): Promise<void> {
        const sha256 = await keep(this.#phone, this.draft.booking, "photo", await reduced(file));
        if (!this.draft.photos.includes(sha256)) this.draft.photos.push(sha256);
    }

    async sign(canvas: HTMLCanvasElement): Promise<void> {
        const picture = await drawn(canvas, "image/png");
        this.draft.signature = await keep(this.#phone, this.draft.booking, "signature", picture);
    }
}
