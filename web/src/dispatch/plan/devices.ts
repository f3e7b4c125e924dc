// Devices as they are filled in, and as the API reads them.

import type { Schemas } from "../../shared/api";

export const CATEGORIES = ["phone", "tablet", "laptop", "watch", "desktop", "other"] as const;

export interface DeviceDraft {
    category: (typeof CATEGORIES)[number];
    brand: string;
    /** In major units. */
    value: number | null;
}

export function newDevice(): DeviceDraft {
    return { category: "phone", brand: "", value: null };
}

/** `currency` is the region's. */
export function deviceOf(draft: DeviceDraft, currency: string): Schemas["DeviceBody"] {
    const { category, brand, value } = draft;
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    const { maximumFractionDigits: digits = 2 } = format.resolvedOptions();
    return {
        category,
        ...(brand ? { brand } : {}),
        ...(value === null
            ? {}
            : { declared_value: { amount: Math.round(value * 10 ** digits), currency } }),
    };
}
