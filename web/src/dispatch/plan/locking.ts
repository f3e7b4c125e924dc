// Bookings locked and unlocked from where they are seen. A lock may hold more than what it is taken from:
// then the rest is locked anew.

import type { Board } from "../state.svelte";
import type { LockBody } from "./calls";
import type { Planning } from "./planning.svelte";

/** Whether all of some bookings are locked. */
export function lockedIn(board: Board, bookings: readonly string[]): boolean {
    return bookings.length > 0 && bookings.every((booking) => board.spot(booking)?.visit.locked);
}

export async function toggleLock({ board, calls }: Planning, bookings: string[]): Promise<void> {
    if (!lockedIn(board, bookings)) {
        await calls.lock({ bookings });
        return;
    }
    const freed = new Set(bookings);
    const locks = (await calls.locks()).filter((lock) => !lock.over);
    for (const lock of locks.filter((lock) =>
        lock.bookings.some((booking) => freed.has(booking)),
    )) {
        const rest: LockBody = {
            bookings: lock.bookings.filter((booking) => !freed.has(booking)),
            couriers: lock.couriers,
            ...(lock.until ? { until: lock.until } : {}),
        };
        if (rest.bookings?.length || rest.couriers?.length) await calls.lock(rest);
        await calls.unlock(lock.number);
    }
}
