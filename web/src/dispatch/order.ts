// How couriers are sorted, and which of them are shown.

import type { Lane } from "./lanes";

export type Order = "number" | "visits" | "paid" | "value" | "late" | "free";

export type Filter = "all" | "working" | "idle" | "risk" | "late" | "out";

type Compare = (a: Lane, b: Lane) => number;

const most =
    (amount: (lane: Lane) => number): Compare =>
    (a, b) =>
        amount(b) - amount(a) || a.number - b.number;

export const ORDERS: Record<Order, Compare> = {
    number: (a, b) => a.number - b.number,
    visits: most((lane) => lane.visits.length),
    paid: most((lane) => lane.route.paid_s),
    value: most((lane) => valueShare(lane) ?? lane.route.value_at_risk.peak / 1e12),
    late: most((lane) => lane.route.lateness_s + lane.atRisk),
    free: most((lane) => lane.work.free),
};

const FILTERS: Record<Filter, (lane: Lane) => boolean> = {
    all: () => true,
    working: (lane) => lane.visits.length > 0,
    idle: (lane) => lane.visits.length === 0,
    risk: (lane) => lane.atRisk > 0,
    late: (lane) => lane.route.lateness_s > 0,
    out: (lane) => lane.isOut,
};

export function matches(lane: Lane, filter: Filter, wanted: string): boolean {
    if (!FILTERS[filter](lane)) return false;
    const words = wanted.trim().toLowerCase();
    if (!words) return true;
    const { courier, hub } = lane.route;
    const text = `${lane.number} ${courier.name} ${courier.id} ${hub.name}`.toLowerCase();
    return text.includes(words);
}

/** The most declared value on board of what is insured, 0 to 1 and beyond; null without a limit. */
export function valueShare({ route }: Lane): number | null {
    const { peak, cap } = route.value_at_risk;
    return cap ? peak / cap : null;
}
