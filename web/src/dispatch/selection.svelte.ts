// What the dispatcher has chosen, the same in every panel.

export class Selection {
    /** Ids of routes; their lines stand out. */
    routes = $state.raw<ReadonlySet<string>>(new Set());
    /** Ids of bookings; several for what is done to them together. */
    bookings = $state.raw<ReadonlySet<string>>(new Set());
    /** The booking under the pointer or with the focus. */
    hovered = $state<string | null>(null);

    /** The one booking that is chosen, if it is one. */
    get booking(): string | null {
        const [only] = this.bookings;
        return this.bookings.size === 1 && only !== undefined ? only : null;
    }

    /** Chooses a route alone, or one more; choosing what is chosen alone lets go of it. */
    toggleRoute(id: string, isOneMore = false): void {
        const wasAlone = this.routes.size === 1 && this.routes.has(id);
        this.routes = isOneMore ? toggled(this.routes, id) : new Set(wasAlone ? [] : [id]);
        if (!isOneMore) this.bookings = new Set();
    }

    /** Chooses a booking on its route; nothing where it is on none. */
    chooseBooking(id: string, route: string | null): void {
        this.bookings = new Set([id]);
        if (route !== null) this.routes = new Set([route]);
    }

    toggleBooking(id: string): void {
        this.bookings = toggled(this.bookings, id);
    }

    chooseBookings(ids: Iterable<string>): void {
        this.bookings = new Set(ids);
    }

    clear(): void {
        this.routes = new Set();
        this.bookings = new Set();
    }

    /** Lets go of what is no longer on the day. */
    keep(isThere: (id: string) => boolean): void {
        const bookings = [...this.bookings].filter(isThere);
        if (bookings.length < this.bookings.size) this.bookings = new Set(bookings);
    }
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
    const next = new Set(set);
    if (!next.delete(id)) next.add(id);
    return next;
}
