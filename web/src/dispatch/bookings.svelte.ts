// Bookings with what the board does not tell: customer, address, order number. Each is read once it is
// looked at, and again when the log tells something of it.

import { given, type Api, type Schemas } from "../shared/api";
import { SvelteMap } from "svelte/reactivity";

export type Booking = Schemas["BookingView"];

/** So many are kept; the oldest make way. */
const MOST = 500;

export class Bookings {
    readonly #api: Api;
    readonly #known = new SvelteMap<string, Booking>();
    readonly #asked = new Map<string, Promise<Booking>>();

    constructor(api: Api) {
        this.#api = api;
    }

    /** What is known already. */
    known(id: string): Booking | undefined {
        return this.#known.get(id);
    }

    /** Reads a booking, unless it is known. */
    read(id: string): Promise<Booking> {
        const asked = this.#asked.get(id) ?? this.#ask(id);
        this.#asked.set(id, asked);
        return asked;
    }

    /** Something happened to a booking: who looks at it reads it anew. */
    forget(id: string): void {
        if (this.#asked.delete(id) && this.#known.has(id)) void this.read(id).catch(() => {});
    }

    async #ask(id: string): Promise<Booking> {
        try {
            const answer = await this.#api.GET("/v1/bookings/{id}", { params: { path: { id } } });
            const booking = given(answer);
            this.#keep(booking);
            return booking;
        } catch (error) {
            this.#asked.delete(id);
            throw error;
        }
    }

    #keep(booking: Booking): void {
        this.#known.set(booking.id, booking);
        if (this.#known.size <= MOST) return;
        const [oldest] = this.#known.keys();
        if (oldest === undefined) return;
        this.#known.delete(oldest);
        this.#asked.delete(oldest);
    }
}
