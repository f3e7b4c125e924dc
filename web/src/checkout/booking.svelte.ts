// The way from what was filled in to the booking.

import { Problem, Unreachable, api, given, type Api, type Schemas } from "../shared/api";
import type { Failure } from "../picker/element";
import { Credentials } from "../shared/credentials";
import { Once } from "../shared/once";
import { retrying } from "../shared/retry";
import { Order, type Missing, type Pointer } from "./order.svelte";
import { fieldsOf, type Refused } from "./refused";

export type Booking = Schemas["BookingView"];
export type Hold = Schemas["HoldView"];
export type Search = Schemas["SlotSearchBody"];

/** Why it was not booked, as a whole. */
export type Refusal =
    { kind: "missing" | "unreachable" | "gone" | "invalid" } | { kind: "other"; detail: string };

/** What is wrong with a field: something is missing, or the API refused it. */
export type FieldFault = { missing: Missing } | Refused;

const SLOT: Pointer = "/hold_id";

export class Checkout {
    readonly credentials = new Credentials("checkout", "tab");
    key = $state<string | null>(null);
    /** The key was refused. */
    isRefused = $state(false);
    order = $state(new Order());
    /** What slots are searched for: the order as it was when its last field was left. */
    search = $state.raw<Search | null>(null);
    hold = $state.raw<Hold | null>(null);
    booking = $state.raw<Booking | null>(null);
    isBooking = $state(false);
    refusal = $state.raw<Refusal | null>(null);
    faults = $state.raw<Record<Pointer, FieldFault>>({});
    readonly #once = new Once();

    constructor() {
        this.key = this.credentials.take();
    }

    open(key: string): void {
        this.credentials.keep(key);
        this.key = key;
        this.isRefused = false;
    }

    /** Another key is needed. */
    refuse(): void {
        this.credentials.forget();
        this.key = null;
        this.isRefused = true;
    }

    /** A field was left: what it decides is searched for. */
    changed(): void {
        this.search = this.order.search();
        this.#drop((pointer) => !this.#isFaulty(pointer));
    }

    /** What the API finds wrong with the search. */
    searchRefused({ code, problem }: Failure): void {
        if (code === "unauthorized" || code === "forbidden") this.refuse();
        else if (problem) this.faults = { ...this.faults, ...fieldsOf(problem) };
    }

    held(hold: Hold | null): void {
        this.hold = hold;
        if (hold) this.#drop((pointer) => pointer === SLOT);
    }

    /** Books what is held. True where it is booked then. */
    async book(): Promise<boolean> {
        const missing = this.#missing();
        this.faults = missing;
        this.refusal = Object.keys(missing).length > 0 ? { kind: "missing" } : null;
        const { hold, key } = this;
        if (this.refusal || !hold || key === null || this.isBooking) return false;
        this.isBooking = true;
        try {
            this.booking = await this.#post(api(key), {
                hold_id: hold.id,
                contact: this.order.contact(),
            });
            return true;
        } catch (error) {
            this.#refused(error as Error);
            return false;
        } finally {
            this.isBooking = false;
        }
    }

    /** Begins anew, for the same customer at the same door. */
    another(): void {
        const { order } = this;
        this.order = new Order();
        for (const field of ["lon", "lat", "address", "name", "phone"] as const) {
            this.order[field] = order[field];
        }
        this.order.datum = order.datum;
        this.booking = null;
        this.hold = null;
        this.changed();
    }

    async #post(client: Api, body: Schemas["BookingBody"]): Promise<Booking> {
        return this.#once.do(body, async (header) =>
            given(await retrying(() => client.POST("/v1/bookings", { body, params: { header } }))),
        );
    }

    #missing(): Record<Pointer, FieldFault> {
        const faults = this.order
            .faults()
            .map(({ pointer, missing }) => [pointer, { missing }] as const);
        const slot = this.hold ? [] : [[SLOT, { missing: "slot" }] as const];
        return Object.fromEntries([...faults, ...slot]);
    }

    #isFaulty(pointer: Pointer): boolean {
        return this.order.faults().some((fault) => fault.pointer === pointer);
    }

    #drop(isOver: (pointer: Pointer) => boolean): void {
        const left = Object.entries(this.faults).filter(([pointer]) => !isOver(pointer));
        this.faults = Object.fromEntries(left);
        if (left.length === 0) this.refusal = null;
    }

    #refused(error: Error): void {
        if (error instanceof Unreachable) this.refusal = { kind: "unreachable" };
        else if (!(error instanceof Problem))
            this.refusal = { kind: "other", detail: error.message };
        else if (error.isAboutKey) this.refuse();
        else if ([404, 409, 410].includes(error.status)) this.refusal = { kind: "gone" };
        else this.#invalid(error);
    }

    #invalid(problem: Problem): void {
        this.faults = fieldsOf(problem.body);
        const isAtFields = Object.keys(this.faults).length > 0;
        this.refusal = isAtFields
            ? { kind: "invalid" }
            : { kind: "other", detail: problem.message };
    }
}
