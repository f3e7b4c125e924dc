// Where moments are on the timeline. Positions are hours since its beginning: the style sheet knows
// how wide an hour is, so that zooming moves nothing but that.

import { clock, type Place } from "../../shared/format";
import type { Route } from "../day.svelte";

export const HOUR_MS = 3_600_000;

/** What the timeline shows of the day, in milliseconds since 1970, on whole hours of the region. */
export interface Span {
    from: number;
    to: number;
}

export interface Tick {
    at: number;
    label: string;
}

/** Widths of an hour that can be chosen, in pixels. */
const WIDTHS = [24, 36, 54, 80, 120, 180, 270, 400];

/** Of a day without routes: twelve hours from 8 o'clock. */
const PLAIN = { first: 8, hours: 12 };

/** Long enough for every shift, and for what ends after it. */
export function spanOf(routes: readonly Route[], date: string): Span {
    const [first] = routes;
    if (!first) {
        const from = Date.parse(`${date}T00:00:00Z`) + PLAIN.first * HOUR_MS;
        return { from, to: from + PLAIN.hours * HOUR_MS };
    }
    const offset = offsetOf(first.shift.start);
    const starts = routes.map((route) => Date.parse(route.shift.start));
    const ends = routes.map((route) => {
        const last = route.stops.at(-1);
        return Math.max(Date.parse(route.shift.end), last ? Date.parse(last.leave_at) : 0);
    });
    const down = (at: number) => Math.floor((at + offset) / HOUR_MS) * HOUR_MS - offset;
    const up = (at: number) => Math.ceil((at + offset) / HOUR_MS) * HOUR_MS - offset;
    return { from: down(Math.min(...starts)), to: up(Math.max(...ends)) };
}

/** How far a moment's clock is ahead of UTC, in milliseconds. */
export function offsetOf(moment: string): number {
    const found = /([+-])(\d\d):(\d\d)$/.exec(moment);
    if (!found) return 0;
    const minutes = Number(found[2]) * 60 + Number(found[3]);
    return (found[1] === "-" ? -minutes : minutes) * 60_000;
}

/** Hours since the beginning. */
export function hoursAt(span: Span, at: number): number {
    return (at - span.from) / HOUR_MS;
}

export function hoursOf(span: Span): number {
    return (span.to - span.from) / HOUR_MS;
}

/** A mark for each hour, or for each second or third where they would be too near to read. */
export function ticks(span: Span, place: Place, hourWidth: number): Tick[] {
    const step = hourWidth >= 48 ? 1 : hourWidth >= 24 ? 2 : 3;
    const count = Math.floor(hoursOf(span) / step) + 1;
    return Array.from({ length: count }, (_, index) => {
        const at = span.from + index * step * HOUR_MS;
        return { at, label: clock(place, at) };
    });
}

/** The width next to a given one, in the given direction. */
export function zoomed(hourWidth: number, isNearer: boolean): number {
    const next = isNearer
        ? WIDTHS.find((width) => width > hourWidth)
        : WIDTHS.findLast((width) => width < hourWidth);
    return next ?? hourWidth;
}

/** The width at which all of the span is seen. */
export function fitting(span: Span, widthOfAll: number): number {
    const [least = 1] = WIDTHS;
    return Math.max(least, Math.floor(widthOfAll / hoursOf(span)));
}
