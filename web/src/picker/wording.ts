// A picker's words and formats in one language and one time zone.

import { Problem, Unreachable } from "../shared/api";
import { clock, day, distance, duration, serviceDate, span, type Place } from "../shared/format";
import { TAGS, type Locale } from "../shared/tags";
import { dateOf, nextDate, saving, today, type Slot, type Window } from "./days";
import { WORDS, type Words } from "./messages";

export class Wording {
    readonly words: Words;
    readonly place: Place;

    constructor(locale: Locale, zone: string) {
        this.words = WORDS[locale];
        this.place = { tag: TAGS[locale], zone };
    }

    get tag(): string {
        return this.place.tag;
    }

    times(window: Window): string {
        const times = span(this.place, window.start, window.end);
        return window.fixed_at === undefined ? times : `${this.words.anyTime} ${times}`;
    }

    /** Day and times. */
    slot(window: Window): string {
        return `${serviceDate(this.tag, dateOf(window.start))} ${this.times(window)}`;
    }

    /** What a day is called now: today, tomorrow, or its weekday. */
    weekday(date: string, now: number | null): string {
        const current = now === null ? "" : today(this.place.zone, now);
        if (date === current) return this.words.today;
        if (current && date === nextDate(current)) return this.words.tomorrow;
        return this.#dateWith(date, { weekday: "short" });
    }

    dayAndMonth(date: string): string {
        return this.#dateWith(date, { day: "numeric", month: "short" });
    }

    /** When it is told which of several windows it is, or until when it can be booked. */
    hint({ fixed_at, cutoff_at }: Slot): string {
        if (fixed_at !== undefined) {
            return this.words.hearBy(`${day(this.place, fixed_at)} ${clock(this.place, fixed_at)}`);
        }
        return cutoff_at ? this.words.bookBy(clock(this.place, cutoff_at)) : "";
    }

    /** What is good about a slot that a courier is near anyway. */
    green(slot: Slot, all: readonly Slot[]): string {
        const saved = saving(slot, all);
        if (saved !== null) return this.words.saves(distance(this.tag, saved));
        return slot.marginal ? this.words.adds(distance(this.tag, slot.marginal.distance_m)) : "";
    }

    /** Why a slot is closed. */
    reason(slot: Slot): string {
        const { reasons, fullTime, sentence } = this.words;
        return sentence((slot.reason && reasons[slot.reason.code]) ?? fullTime);
    }

    /** The smallest change that would open it. */
    relaxation({ relaxation }: Slot): string | null {
        if (!relaxation) return null;
        const { opens } = this.words;
        const side = relaxation.change === "start" ? opens.start : opens.end;
        // Told to the minute: half of one is not nothing.
        return side(duration(this.tag, Math.max(60, relaxation.by_s)));
    }

    error(error: Error): string {
        const { errors } = this.words;
        if (error instanceof Unreachable) return errors.unreachable;
        if (!(error instanceof Problem)) return errors.other;
        if (error.isAboutKey) return errors.key;
        if (error.status === 503 || error.status === 429) return errors.overloaded;
        if (isOutside(error)) return errors.outside;
        return error.status === 422 ? errors.invalid : errors.other;
    }

    #dateWith(date: string, options: Intl.DateTimeFormatOptions): string {
        const format = new Intl.DateTimeFormat(this.tag, { ...options, timeZone: "UTC" });
        return format.format(new Date(`${date}T00:00:00Z`));
    }
}

/** The region of a place is not known: nobody operates there. */
function isOutside({ body }: Problem): boolean {
    const errors = body["errors"];
    return (
        Array.isArray(errors) &&
        errors.some((error: { pointer?: string }) => error.pointer === "/place")
    );
}

/** A countdown such as 9:41. */
export function countdown(seconds: number): string {
    const rest = String(seconds % 60).padStart(2, "0");
    return `${Math.floor(seconds / 60)}:${rest}`;
}
