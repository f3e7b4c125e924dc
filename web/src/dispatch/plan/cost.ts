// Cost parts as rows: what they were, what they would be, and the difference.

import { distance, duration } from "../../shared/format";
import { tag } from "../../shared/locale.svelte";
import type { Cost, Disruption } from "./calls";
import { messages } from "./messages";
import { count, signed } from "./words";

export interface CostRow {
    part: keyof Cost;
    label: string;
    before: string;
    after: string;
    change: string;
    /** More of it is worse, whatever it is. */
    tone: "better" | "worse" | "same";
}

const PARTS = ["travel_s", "distance_m", "paid_s", "wait_s", "lateness_s"] as const;

/** The parts that are there before or after. */
export function costRows({ before, after, delta }: Disruption["totals"]): CostRow[] {
    const { verdict } = messages();
    const labels: Record<(typeof PARTS)[number], string> = {
        travel_s: verdict.travel,
        distance_m: verdict.distance,
        paid_s: verdict.paid,
        wait_s: verdict.wait,
        lateness_s: verdict.lateness,
    };
    return PARTS.filter((part) => before[part] !== 0 || after[part] !== 0).map((part) => ({
        part,
        label: labels[part],
        before: amount(part, before[part]),
        after: amount(part, after[part]),
        change: changeOf(part, delta[part]),
        tone: delta[part] === 0 ? "same" : delta[part] > 0 ? "worse" : "better",
    }));
}

/** A difference too small to be written is none. */
export function changeOf(part: keyof Cost, delta: number): string {
    const isNothing = amount(part, Math.abs(delta)) === amount(part, 0);
    return isNothing ? signed(0, String) : signed(delta, (value) => amount(part, value));
}

export function amount(part: keyof Cost, value: number): string {
    if (part === "stops") return count(value);
    return part === "distance_m" ? distance(tag(), value) : duration(tag(), value, "narrow");
}
