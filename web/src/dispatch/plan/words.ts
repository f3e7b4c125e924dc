// What the API answers, in the reader's words.

import { Problem, Unreachable, type Schemas } from "../../shared/api";
import { clock, duration, money, number } from "../../shared/format";
import { tag } from "../../shared/locale.svelte";
import { messages as page } from "../messages";
import type { Board } from "../state.svelte";
import type { LoggedEvent } from "./calls";
import { messages } from "./messages";

type Reason = Schemas["ReasonView"];

/** A word of a table by a name that comes from the API; the table may be older than the API. */
export function word(table: Record<string, string>, name: string, other = name): string {
    return table[name] ?? other;
}

/** A rule that does not hold, by how much, and the smallest change that would help. */
export function ruleText(board: Board, reason: Reason): string {
    const { reasons, relaxations } = page();
    const told = reasons[reason.code]?.(amountOf(board, reason), reason.skill ?? "") ?? reason.code;
    const { relaxation } = reason;
    const helps = relaxation && relaxations[relaxation.change]?.(atLeast(relaxation.by_s));
    return helps ? messages().ruleAndHelp(told, helps) : told;
}

function amountOf(board: Board, reason: Reason): string {
    const amounts = Object.entries(reason as Record<string, unknown>);
    const [unit, by] = amounts.find(([name]) => name.startsWith("by_")) ?? [];
    if (unit === undefined || typeof by !== "number") return "";
    if (unit === "by_s") return atLeast(by);
    if (unit === "by_value") return money(tag(), { amount: by, currency: board.region.currency });
    return page().amounts[unit]?.(by) ?? "";
}

/** Never "0 min": a window that is missed by seconds is missed. */
function atLeast(seconds: number): string {
    return duration(tag(), Math.max(60, Math.ceil(seconds / 60) * 60));
}

/** What went wrong, by its code. */
export function problemText(error: Error): string {
    const { problems } = messages();
    if (error instanceof Problem) return word(problems, error.code, problems.other);
    return error instanceof Unreachable ? problems.unreachable : error.message;
}

/** Codes that say little without the service's own words. */
const DETAILED = new Set(["invalid", "state_conflict", "not_found", "no_such_day"]);

/** What the service says of it, in English, where its code does not say enough. */
export function problemDetail(error: Error): string {
    if (!(error instanceof Problem)) return "";
    const isKnown = error.code in messages().problems;
    return isKnown && !DETAILED.has(error.code) ? "" : error.message;
}

/** Something that somebody did to the plan. */
export function eventText(board: Board, { at, kind, actor }: LoggedEvent): string {
    const { kinds } = page().activity;
    return `${clock(board.place, at)} · ${word(kinds, kind)} · ${actorText(board, actor)}`;
}

/** Who did something. */
export function actorText(board: Board, actor: string): string {
    const [who = "", ...rest] = actor.split(":");
    const id = rest.join(":");
    const name = who === "courier" ? board.courierName(id) : id;
    return page().activity.actors[who]?.(name) ?? actor;
}

/** More or less of something, with its sign. */
export function signed(value: number, write: (amount: number) => string): string {
    if (value === 0) return "±0";
    return `${value > 0 ? "+" : "−"}${write(Math.abs(value))}`;
}

/** A booking as it is spoken of: its stop on somebody's route, or the end of its id. */
export function bookingText(board: Board, id: string): string {
    const spot = board.spot(id);
    if (!spot) return shortId(id);
    return messages().timeline.stopOf(spot.visit.ordinal, spot.lane.route.courier.name);
}

export function shortId(id: string): string {
    return `…${id.slice(-6)}`;
}

export function count(value: number): string {
    return number(tag(), value);
}
