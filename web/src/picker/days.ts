// Slots as a customer looks at them: by day, the free ones before the closed ones.

import type { Schemas } from "../shared/api";

/** A window, or several of which one is told later. */
export interface Window {
    start: string;
    end: string;
    /** When it is told which, where `start` and `end` are those of several windows. */
    fixed_at?: string;
}

/** A slot of any search; what a search does not tell is left out. */
export type Slot = Window &
    Pick<Schemas["SlotView"], "status"> &
    Partial<Omit<Schemas["SlotView"], keyof Window>>;

export interface Day {
    /** Service date in the region's time zone. */
    date: string;
    free: Slot[];
    closed: Slot[];
}

/** Tells slots apart, within one search and between searches. */
export const keyOf = (slot: Window) =>
    slot.fixed_at === undefined ? slot.start : `any of ${dateOf(slot.start)}`;

/** How many slots there are to choose from. */
export const freeOf = (slots: readonly Slot[]) =>
    slots.filter((slot) => slot.offer && slot.fixed_at === undefined).length;

/** All that a search found: its slots, and its promises of one of several. */
export function slotsOf(answer: Schemas["SlotSearchView"]): Slot[] {
    const flexible = (answer.flexible ?? []).map((offer): Slot => ({
        ...windowOf(offer),
        offer: offer.offer,
        status: "available",
    }));
    return [...answer.slots, ...flexible];
}

/** What a hold or a booking promises. */
export function promiseOf(of: Pick<Schemas["HoldView"], "slot" | "flexible">): Window {
    return of.flexible ? windowOf(of.flexible) : of.slot;
}

// From the beginning of the first window to the end of the last.
function windowOf({ any_of, fixed_at }: Schemas["FlexibleView"]): Required<Window> {
    const start = any_of[0]?.start ?? fixed_at;
    return { start, end: any_of.at(-1)?.end ?? start, fixed_at };
}

/** The service date of a moment that is written with the region's offset. */
export const dateOf = (moment: string) => moment.slice(0, 10);

/** The date that it is in a zone. */
export function today(zone: string, now: number): string {
    // Swedish writes dates as ISO 8601 does.
    return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(now);
}

export function nextDate(date: string): string {
    const DAY_MS = 86_400_000;
    return new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}

/** One entry for each date with slots, in their order. */
export function byDay(slots: readonly Slot[]): Day[] {
    const days = new Map<string, Day>();
    for (const slot of slots) {
        const date = dateOf(slot.start);
        const day = days.get(date) ?? { date, free: [], closed: [] };
        days.set(date, day);
        (slot.offer ? day.free : day.closed).push(slot);
    }
    return [...days.values()];
}

/** Free slots, those nearest in time to a lost one first. */
export function nearest(slots: readonly Slot[], lost: Window, most: number): Slot[] {
    const away = (slot: Slot) => Math.abs(Date.parse(slot.start) - Date.parse(lost.start));
    const others = slots.filter((slot) => slot.offer && keyOf(slot) !== keyOf(lost));
    return others.sort((a, b) => away(a) - away(b)).slice(0, most);
}

/**
 * What a green slot saves: metres less than the slots that are not green add on average. Null
 * where there is nothing to compare it with.
 */
export function saving(slot: Slot, all: readonly Slot[]): number | null {
    const others = all.filter((other) => other.offer && !other.green && other.marginal);
    if (!slot.green || !slot.marginal || others.length === 0) return null;
    const sum = others.reduce((sum, other) => sum + (other.marginal?.distance_m ?? 0), 0);
    const saved = sum / others.length - slot.marginal.distance_m;
    return saved > 0 ? saved : null;
}
