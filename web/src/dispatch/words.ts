// What the API tells by codes and amounts, in words.

import type { Schemas } from "../shared/api";
import { duration, money } from "../shared/format";
import { tag } from "../shared/locale.svelte";
import type { Messages } from "./messages";

export type Reason = Schemas["ReasonView"];
export type Device = Schemas["DeviceBody"];

/** The end of an id, which tells bookings of a day apart. */
export function shortId(id: string): string {
    return `…${id.slice(-6)}`;
}

/** A reason with its amount, such as "The window would be missed by 9 min". */
export function reasonWords(text: Messages, reason: Reason, currency: string): string {
    const words = text.reasons[reason.code];
    const amount = amountWords(text, reason, currency);
    return words ? words(amount, reason.skill ?? "") : reason.code.replaceAll("_", " ");
}

function amountWords(text: Messages, reason: Reason, currency: string): string {
    const amounts = reason as unknown as Record<string, number | undefined>;
    const { by_s: seconds, by_value: value } = amounts;
    if (seconds !== undefined) return duration(tag(), seconds);
    if (value !== undefined) return money(tag(), { amount: value, currency });
    for (const [name, words] of Object.entries(text.amounts)) {
        const amount = amounts[name];
        if (amount !== undefined) return words(amount);
    }
    return "";
}

/** The smallest change of the window that would help, in words; nothing where none is known. */
export function relaxationWords(text: Messages, reason: Reason): string | null {
    const { relaxation } = reason;
    if (!relaxation) return null;
    return text.relaxations[relaxation.change]?.(duration(tag(), relaxation.by_s)) ?? null;
}

/** Such as "2 × phone, laptop". */
export function deviceWords(text: Messages, devices: readonly Device[]): string {
    const counts = new Map<string, number>();
    for (const { category } of devices) counts.set(category, (counts.get(category) ?? 0) + 1);
    const words = [...counts].map(([category, count]) => {
        const name = text.categories[category] ?? category;
        return count > 1 ? `${count} × ${name}` : name;
    });
    return words.join(", ");
}
