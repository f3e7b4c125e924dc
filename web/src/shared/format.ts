// Moments, durations, distances and money as the reader's language writes them.

/** How moments are told: in the region's time zone, whatever the reader's own is. */
export interface Place {
    /** The language's tag. */
    tag: string;
    /** IANA time zone. */
    zone: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function moments(place: Place, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = `${place.tag} ${place.zone} ${JSON.stringify(options)}`;
    const known = formats.get(key);
    if (known) return known;
    const made = new Intl.DateTimeFormat(place.tag, { ...options, timeZone: place.zone });
    formats.set(key, made);
    return made;
}

/** Such as 14:05. */
export function clock(place: Place, moment: string | number | Date): string {
    return moments(place, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
        new Date(moment),
    );
}

/** Such as 14:00–16:00. */
export function span(place: Place, start: string, end: string): string {
    return `${clock(place, start)}–${clock(place, end)}`;
}

/** Such as Mon 2 Mar. */
export function day(place: Place, moment: string | number | Date): string {
    return moments(place, { weekday: "short", day: "numeric", month: "short" }).format(
        new Date(moment),
    );
}

/** A service date, which has no time zone, such as Mon 2 Mar. */
export function serviceDate(tag: string, date: string): string {
    return day({ tag, zone: "UTC" }, `${date}T00:00:00Z`);
}

const numbers = new Map<string, Intl.NumberFormat>();

// Making a format takes longer than a thousand uses of it.
function numeric(tag: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
    const key = `${tag} ${JSON.stringify(options)}`;
    const known = numbers.get(key);
    if (known) return known;
    const made = new Intl.NumberFormat(tag, options);
    numbers.set(key, made);
    return made;
}

/** Minutes and hours, rounded to the minute: 45 min, 1 hr 20 min; narrow for lists: 45m, 1h 20m. */
export function duration(
    tag: string,
    seconds: number,
    unitDisplay: "short" | "narrow" = "short",
): string {
    const minutes = Math.round(Math.abs(seconds) / 60);
    const sign = seconds < 0 && minutes > 0 ? "−" : "";
    const unit = (value: number, name: "hour" | "minute") =>
        numeric(tag, { style: "unit", unit: name, unitDisplay }).format(value);
    const hours = Math.floor(minutes / 60);
    if (hours === 0) return sign + unit(minutes, "minute");
    const rest = minutes % 60;
    return (
        sign + (rest === 0 ? unit(hours, "hour") : `${unit(hours, "hour")} ${unit(rest, "minute")}`)
    );
}

/** Metres below a kilometre, else kilometres with one decimal below a hundred. */
export function distance(tag: string, metres: number): string {
    const isShort = Math.abs(metres) < 1000;
    const value = isShort ? Math.round(metres) : metres / 1000;
    const digits = isShort || value >= 100 ? 0 : 1;
    return numeric(tag, {
        style: "unit",
        unit: isShort ? "meter" : "kilometer",
        maximumFractionDigits: digits,
    }).format(value);
}

/** An amount in minor units, without decimals where it has none. */
export function money(tag: string, amount: { amount: number; currency: string }): string {
    const currency = {
        style: "currency",
        currency: amount.currency,
        currencyDisplay: "narrowSymbol",
    } as const;
    const format = numeric(tag, currency);
    const { maximumFractionDigits: digits = 2 } = format.resolvedOptions();
    const value = amount.amount / 10 ** digits;
    if (!Number.isInteger(value)) return format.format(value);
    return numeric(tag, { ...currency, maximumFractionDigits: 0 }).format(value);
}

export function number(tag: string, value: number): string {
    return numeric(tag).format(value);
}

/** A share as a percentage without decimals: 0.854 is 85%. */
export function percent(tag: string, share: number): string {
    return numeric(tag, { style: "percent" }).format(share);
}
