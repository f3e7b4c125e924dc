// The day in numbers, and what a re-plan did to it.

import { byId, h } from "./dom.js";
import { count, hours, kilometres } from "./format.js";
import { text } from "./strings.js";

/** Shows the numbers of a board, and every violation in words. */
export function showSummary(board) {
  const { summary } = board;
  const violations = summary.violations.length;
  byId("summary").replaceChildren(
    figure("version", text.version, count(board.version)),
    figure("visits", text.visits, count(summary.visits)),
    figure("confirmed", text.confirmed, count(summary.confirmed)),
    figure("held", text.held, count(summary.held)),
    figure("unassigned", text.withoutPlace, count(summary.unassigned), summary.unassigned > 0),
    figure("used", text.couriersUsed, text.outOf(count(summary.couriers_used), count(summary.couriers))),
    figure("travel", text.travel, text.hours(hours(summary.travel_s))),
    figure("distance", text.distance, text.kilometres(kilometres(summary.distance_m))),
    figure("violations", text.violations, violations ? count(violations) : text.noViolations, violations > 0),
  );
  byId("violations").hidden = violations === 0;
  byId("violations-list").replaceChildren(
    ...summary.violations.map(({ rule, detail }) => h("li", {}, h("code", {}, rule), " ", detail)),
  );
}

export function clearSummary() {
  byId("summary").replaceChildren();
  byId("violations").hidden = true;
}

function figure(name, label, value, isBad = false) {
  return h(
    "div",
    { class: isBad ? "bad" : null },
    h("dt", {}, label),
    h("dd", { "data-figure": name }, isBad ? `▲ ${value}` : value),
  );
}

/** A re-plan's report in words. */
export const replanWords = (report) =>
  text.replanned({
    version: report.version,
    changed: report.routes_changed,
    dropped: report.routes_dropped,
    hoursBefore: hours(report.before.travel_s),
    hoursAfter: hours(report.after.travel_s),
    kmBefore: kilometres(report.before.distance_m),
    kmAfter: kilometres(report.after.distance_m),
    unassigned: report.unassigned.length,
  });
