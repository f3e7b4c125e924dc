// What the API answers, in the reader's words.

import { Problem, Unreachable, type Schemas } from "../../shared/api";
import { duration, money, number } from "../../shared/format";
import { tag } from "../../shared/locale.svelte";
import type { Board } from "../state.svelte";
import { messages } from "./messages";

type Reason = Schemas["ReasonView"];

/** A word of a table by a name that comes from the API; the table may be older than the API. */
export function word(table: Record<string, string>, name: string, other = name): string {
  return table[name] ?? other;
}

/** A rule that does not hold, by how much, and the smallest change that would help. */
export function ruleText(board: Board, reason: Reason): string {
  const { rules, relaxEnd, relaxStart } = messages();
  const tell = rules[reason.code] as ((amount: string) => string) | undefined;
  const told = tell ? tell(reason.skill ?? amountOf(board, reason)) : reason.code;
  const { relaxation } = reason;
  if (!relaxation) return told;
  const by = atLeast(relaxation.by_s);
  return `${told}. ${relaxation.change === "end" ? relaxEnd(by) : relaxStart(by)}`;
}

function amountOf(board: Board, reason: Reason): string {
  const by = (unit: string) => (reason as Record<string, unknown>)[unit] as number | undefined;
  const seconds = by("by_s");
  if (seconds !== undefined) return atLeast(seconds);
  const parcels = by("by_parcels");
  if (parcels !== undefined) return messages().verdict.parcels(parcels);
  const value = by("by_value");
  if (value !== undefined) return money(tag(), { amount: value, currency: board.region.currency });
  const grams = by("by_g");
  if (grams !== undefined) return measure("kilogram", grams / 1000);
  const millilitres = by("by_ml");
  return millilitres === undefined ? "" : measure("liter", millilitres / 1000);
}

/** Never "0 min": a window that is missed by seconds is missed. */
function atLeast(seconds: number): string {
  return duration(tag(), Math.max(60, Math.ceil(seconds / 60) * 60));
}

function measure(unit: "kilogram" | "liter", value: number): string {
  const options = { style: "unit", unit, maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(tag(), options).format(value);
}

/** What went wrong: known codes in own words, others as the API tells them. */
export function problemText(error: Error): string {
  const { problems } = messages();
  if (error instanceof Problem) return word(problems, error.code, error.message);
  return error instanceof Unreachable ? problems.unreachable : error.message;
}

/** Who did something. */
export function actorText(board: Board, actor: string): string {
  const { actors } = messages();
  const [kind = "", ...rest] = actor.split(":");
  const id = rest.join(":");
  if (kind === "courier") return actors.courier(board.courierName(id));
  if (kind === "programme") return actors.programme(id);
  const known: Record<string, string> = {
    system: actors.system,
    command_line: actors.command_line,
    dispatcher: actors.dispatcher,
    admin: actors.admin,
    customer: actors.customer,
  };
  return id && kind in known && kind !== "customer"
    ? `${known[kind]} …${id.slice(-4)}`
    : (known[kind] ?? actors.unknown);
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
