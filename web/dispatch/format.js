// Numbers, times and ids as a dispatcher reads them.

import { locale, text } from "./strings.js";

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat(locale, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const percentage = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });

export const count = (number) => whole.format(number);
export const hours = (seconds) => oneDecimal.format(seconds / 3600);
export const kilometres = (metres) => oneDecimal.format(metres / 1000);
export const percent = (share) => percentage.format(share);

/** Seconds as "2 h 05 min" or "9 min"; rounded up, so that what is needed is never understated. */
export function duration(seconds) {
  const minutes = Math.ceil(seconds / 60);
  const rest = minutes % 60;
  return minutes < 60 ? text.minutes(minutes) : text.hoursMinutes(Math.floor(minutes / 60), rest);
}

/** Hours and minutes of an RFC 3339 moment, by the clock whose offset it carries. */
export const clockTime = (moment) => moment.slice(11, 16);

export const span = ({ start, end }) => `${clockTime(start)}–${clockTime(end)}`;

/** Hours and minutes of an instant in milliseconds, by the clocks of a zone. */
export const clockTimeIn = (zone, instant) =>
  new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(instant);

/** Today in a zone, as 2026-03-02. */
export const todayIn = (zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format();

/** Minor units of a currency as money without its fractions. */
export function money(minor, currency) {
  const options = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
  const digits = new Intl.NumberFormat(locale, options).resolvedOptions().maximumFractionDigits;
  return new Intl.NumberFormat(locale, { ...options, maximumFractionDigits: 0 }).format(minor / 10 ** digits);
}

/** The end of an id: enough to tell apart what is on one board. */
export const shortId = (id) => `…${id.slice(-6)}`;

/** The milliseconds of an RFC 3339 moment. */
export const instant = (moment) => Date.parse(moment);
