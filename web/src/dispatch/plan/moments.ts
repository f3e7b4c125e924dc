// Times of day that a dispatcher writes, as moments of the region's day.

import type { DayView } from "../day.svelte";

/** The day's offset from UTC, as in `+08:00`. */
export function offsetText(board: DayView): string {
    const start = board.routes[0]?.shift.start ?? "";
    return /(Z|[+-]\d\d:\d\d)$/.exec(start)?.[1] ?? "Z";
}

/** A time of the day, such as `14:30`, as the API reads it. */
export function momentOf(board: DayView, time: string): string {
    return `${board.date}T${time}:00${offsetText(board)}`;
}
