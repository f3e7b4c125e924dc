// Bookings without a place: why, and the smallest change that would help.

import { byId, h } from "./dom.js";
import { duration, money, shortId } from "./format.js";
import { text } from "./strings.js";

export function showUnassigned(unassigned, couriers, currency) {
  const names = new Map(couriers.map(({ route }) => [route.courier.id, route.courier.name]));
  byId("unassigned-none").hidden = unassigned.length > 0;
  byId("unassigned-none").textContent = text.allPlaced;
  byId("unassigned").replaceChildren(
    ...unassigned.map((booking) => entry(booking, names, currency)),
  );
}

function entry({ booking_id: id, reasons }, names, currency) {
  const relaxation = reasons.find((reason) => reason.relaxation)?.relaxation;
  const words = reasons.map((reason) =>
    h("li", {}, text.closest(reasonWords(reason, currency), names.get(reason.courier))),
  );
  return h(
    "li",
    {},
    h("strong", { title: id }, text.booking(shortId(id))),
    relaxation ? h("p", { class: "relaxation" }, relaxationWords(relaxation)) : null,
    words.length ? h("ul", {}, words) : h("p", {}, text.noReason),
  );
}

/** A reason with its amount, such as "A promised window would be missed by 9 min". */
function reasonWords(reason, currency) {
  const words = text.reasons[reason.code];
  return words ? words(amount(reason, currency), reason.skill) : text.unknownReason(reason.code);
}

function amount(reason, currency) {
  if (reason.by_s !== undefined) return duration(reason.by_s);
  if (reason.by_value !== undefined) return money(reason.by_value, currency);
  const unit = Object.keys(text.amounts).find((name) => reason[name] !== undefined);
  return unit ? text.amounts[unit](reason[unit]) : null;
}

const relaxationWords = ({ change, by_s: seconds }) => text.relaxations[change](duration(seconds));
