// What a device is worth after the inspection, as it is typed: in major units, with a point or comma.

/** The most that the service takes, in minor units. */
const AMOUNT_MAX = 1_000_000_000_000;

/** Digits after the point in a currency. */
const decimals = (currency: string): number =>
    new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions()
        .maximumFractionDigits ?? 2;

/** The amount in minor units; null where the text is none. */
export function amountOf(text: string, currency: string): number | null {
    const digits = decimals(currency);
    const found = /^(\d+)(?:[.,](\d+))?$/.exec(text.trim());
    const fraction = found?.[2] ?? "";
    if (!found || fraction.length > digits) return null;
    const amount = Number(`${found[1]}${fraction.padEnd(digits, "0")}`);
    return amount <= AMOUNT_MAX ? amount : null;
}
