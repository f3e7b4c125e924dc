// Places that are gone, and what could be had instead.

import { Problem } from "../shared/api";
import { keyOf, nearest, type Slot, type Window } from "./days";

export interface Loss {
    kind: "taken" | "expired";
    slot: Window;
    alternatives: Slot[];
}

const ALTERNATIVES_MAX = 3;

/** Somebody else has the place. */
export const isTaken = (error: unknown) => error instanceof Problem && error.status === 409;

/** The offer has become too old, whether its place is free or not. */
export const isStale = (error: unknown) => error instanceof Problem && error.status === 410;

/** Looking again is all that helps. */
export function isGone(error: unknown): boolean {
    if (!(error instanceof Problem)) return false;
    return [409, 410, 412].includes(error.status) || error.code === "bad_offer";
}

/** A slot that could not be had, with the alternatives that the refusal came with. */
export function taken(slot: Slot, error: unknown): Loss {
    const given = error instanceof Problem ? error.body["alternatives"] : null;
    const others = Array.isArray(given) ? nearest(given as Slot[], slot, ALTERNATIVES_MAX) : [];
    return { kind: "taken", slot, alternatives: others };
}

/** The same loss with the nearest of some slots, of which the lost one may be free again itself. */
export function withAlternatives(loss: Loss, slots: readonly Slot[]): Loss {
    const same = slots.filter((slot) => slot.offer && keyOf(slot) === keyOf(loss.slot));
    const others = nearest(slots, loss.slot, ALTERNATIVES_MAX);
    return { ...loss, alternatives: [...same, ...others].slice(0, ALTERNATIVES_MAX) };
}
