// What the courier's page works out by itself: what was told, what has changed, numbers as typed.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const load = async (name) => {
  const path = fileURLToPath(new URL(`../src/courier/${name}.ts`, import.meta.url));
  return (await runnerImport(path, { configFile: false })).module;
};

const at = (time) => `2026-03-02T${time}:00+08:00`;
const load0 = { parcels: 0, weight_g: 0, volume_ml: 0, value: 0 };
const load1 = { parcels: 1, weight_g: 400, volume_ml: 1000, value: 120_000 };

const visit = (id, time, more = {}) => ({
  stop_id: `stp_${id}`,
  booking_id: `bkg_${id}`,
  kind: "visit",
  visit_kind: "pickup",
  status: "confirmed",
  promise: { start: at(time), end: at("21:00") },
  start_at: at(time),
  arrive_at: at(time),
  eta_at: at(time),
  load_before: load0,
  load_after: load1,
  frozen: false,
  devices: [{ category: "phone", declared_value: { amount: 120_000, currency: "CNY" } }],
  contact: { name: id, phone: "1", address: id },
  ...more,
});

const place = (kind, load_after = load0) => ({
  stop_id: `stp_${kind}`,
  kind,
  start_at: at("12:00"),
  arrive_at: at("12:00"),
  load_before: load1,
  load_after,
  frozen: false,
});

const route = (...stops) => ({
  id: "rte_1",
  date: "2026-03-02",
  hub: { id: "hub" },
  shift: { start: at("08:30"), end: at("17:30") },
  stops: [place("start"), ...stops, place("end")].map((stop, index) => ({
    ...stop,
    seq: index + 1,
  })),
});

const order = ({ stops }) => stops.map(({ stop_id }) => stop_id.slice(4)).join(" ");
const stopOf = ({ stops }, id) => stops.find(({ stop_id }) => stop_id === `stp_${id}`);

describe("what was told is on the route at once", () => {
  let withTold;
  let number = 0;
  const event = (type, id, time, more = {}) => ({
    id: String(number++),
    at: at(time),
    type,
    ...(id ? { booking_id: `bkg_${id}` } : {}),
    ...more,
  });

  before(async () => ({ withTold } = await load("told")));

  test("nothing told leaves it as it is", () => {
    const day = route(visit("a", "09:00"));
    assert.equal(withTold(day, []), day);
  });

  test("events count in the order in which they happened, and the route stays untouched", () => {
    const day = route(visit("a", "09:00"), visit("b", "10:00"));
    const copy = structuredClone(day);
    const told = withTold(day, [
      event("collected", "b", "09:20", { devices: [{ device: 0, accepted: true }] }),
      event("departed", "b", "09:00"),
      event("arrived", "b", "09:10"),
    ]);
    assert.deepEqual(day, copy);
    assert.equal(order(told), "start b a end");
    assert.equal(stopOf(told, "b").status, "completed");
    assert.equal(stopOf(told, "b").left_at, at("09:20"));
    assert.equal(stopOf(told, "b").load_after.value, 120_000);
  });

  test("who sets off elsewhere gives up the stop they were on the way to", () => {
    const told = withTold(route(visit("a", "09:00"), visit("b", "10:00")), [
      event("departed", "a", "09:00"),
      event("departed", "b", "09:05"),
    ]);
    assert.equal(stopOf(told, "a").departed_at, undefined);
    assert.equal(stopOf(told, "a").status, "confirmed");
    assert.equal(stopOf(told, "b").status, "en_route");
  });

  test("who sets off elsewhere leaves the door they are at", () => {
    const told = withTold(route(visit("a", "09:00"), visit("b", "10:00")), [
      event("arrived", "a", "09:00"),
      event("departed", "b", "09:05"),
    ]);
    assert.equal(stopOf(told, "a").left_at, at("09:05"));
    assert.equal(stopOf(told, "a").status, "arrived");
  });

  test("a failed visit leaves the load as it was", () => {
    const told = withTold(route(visit("a", "09:00")), [
      event("failed", "a", "09:10", { reason: "no_show" }),
    ]);
    assert.equal(stopOf(told, "a").status, "failed");
    assert.deepEqual(stopOf(told, "a").load_after, load0);
  });

  test("an exchange counts what was quoted, less what was handed over", () => {
    const exchange = {
      visit_kind: "exchange",
      handover: [{ category: "phone", declared_value: { amount: 450_000, currency: "CNY" } }],
    };
    const brought = { ...load1, value: 450_000 };
    const day = route(visit("a", "09:00", { ...exchange, load_before: brought }));
    day.stops[0].load_after = brought;
    const quote = { amount: 90_000, currency: "CNY" };
    const devices = [{ device: 0, accepted: true, quote }];
    const told = withTold(day, [event("collected", "a", "09:10", { devices })]);
    assert.equal(stopOf(told, "a").load_after.value, 90_000);
    const kept = withTold(day, [event("collected", "a", "09:10", { devices, handed_over: false })]);
    assert.equal(stopOf(kept, "a").load_after.value, 540_000);
  });

  test("a call at the hub is the planned one, and with nothing left it is the end", () => {
    const day = route(visit("a", "09:00"), place("hub"), visit("b", "10:00"));
    const called = withTold(day, [event("arrived", "a", "09:00"), event("at_hub", null, "09:30")]);
    assert.equal(stopOf(called, "hub").arrived_at, at("09:30"));
    const gone = withTold(called, [event("at_hub", null, "09:40")]);
    assert.equal(stopOf(gone, "hub").left_at, at("09:40"));
    const home = withTold(gone, [event("collected", "b", "10:00"), event("at_hub", null, "11:00")]);
    assert.equal(stopOf(home, "end").arrived_at, at("11:00"));
  });

  test("what is about a booking of another route changes nothing", () => {
    const day = route(visit("a", "09:00"));
    assert.deepEqual(withTold(day, [event("arrived", "z", "09:00")]).stops, day.stops);
  });
});

describe("changes of the route are found", () => {
  let changes;
  const kinds = (before, after) =>
    changes(before, after).map(({ kind, stop }) =>
      stop ? `${kind} ${stop.stop_id.slice(4)}` : kind,
    );

  before(async () => ({ changes } = await load("changes")));

  const [a, b, c] = [visit("a", "09:00"), visit("b", "10:00"), visit("c", "11:00")];

  test("none", () => assert.deepEqual(kinds(route(a, b), route(a, b)), []));

  test("stops that came and went", () => {
    assert.deepEqual(kinds(route(a, b), route(a, c)), ["taken_away b", "added c"]);
  });

  test("the fewest stops are said to have moved", () => {
    assert.deepEqual(kinds(route(a, b, c), route(c, a, b)), ["moved c"]);
  });

  test("a reservation is no stop before it is confirmed", () => {
    const held = { ...b, status: "held" };
    assert.deepEqual(kinds(route(a), route(a, held)), []);
    assert.deepEqual(kinds(route(a, held), route(a, b)), ["added b"]);
  });

  test("another promise, other details, another time", () => {
    const promised = { ...a, promise: { start: at("13:00"), end: at("15:00") } };
    assert.deepEqual(kinds(route(a), route(promised)), ["promise a"]);
    const moved = { ...a, contact: { ...a.contact, phone: "2" } };
    assert.deepEqual(kinds(route(a), route(moved)), ["details a"]);
    assert.deepEqual(kinds(route(a), route({ ...a, start_at: at("09:09") })), []);
    assert.deepEqual(kinds(route(a), route({ ...a, start_at: at("09:10") })), ["later a"]);
  });

  test("own progress is no news", () => {
    const after = route(
      { ...a, arrived_at: at("09:30"), status: "arrived" },
      { ...b, start_at: at("11:00") },
    );
    assert.deepEqual(kinds(route(b, a), after), []);
  });

  test("the hub, the shift, another route", () => {
    const [plain, called] = [route(a, b), route(a, place("hub"), b)];
    assert.deepEqual(kinds(plain, called), ["hub_call_added hub"]);
    assert.deepEqual(kinds(called, plain), ["hub_call_removed hub"]);
    const longer = { ...plain, shift: { start: at("08:30"), end: at("19:00") } };
    assert.deepEqual(kinds(plain, longer), ["shift"]);
    assert.deepEqual(kinds(plain, { ...plain, hub: { id: "other" } }), ["end_hub"]);
    assert.deepEqual(kinds(plain, { ...plain, id: "rte_2" }), ["another_route"]);
  });
});

test("an IMEI is checked, and found among what a barcode says", async () => {
  const { imeiFault, imeiIn } = await load("imei");
  assert.equal(imeiFault("49-015420-323751-8"), null);
  assert.equal(imeiFault("490154203237517"), "check_digit");
  assert.equal(imeiFault("940154203237518"), "check_digit");
  assert.equal(imeiFault("49015420323751"), "digits");
  assert.deepEqual(imeiIn("IMEI1: 490154203237517 490154203237518 S/N X1"), {
    digits: "490154203237518",
    isWrong: false,
  });
  assert.deepEqual(imeiIn("490154203237517"), { digits: "490154203237517", isWrong: true });
  assert.equal(imeiIn("6901443395118"), null);
});

test("amounts are read as they are typed", async () => {
  const { amountOf } = await load("quote");
  assert.equal(amountOf("900", "CNY"), 90_000);
  assert.equal(amountOf(" 900,5 ", "CNY"), 90_050);
  assert.equal(amountOf("0", "CNY"), 0);
  assert.equal(amountOf("900", "JPY"), 900);
  for (const text of ["", "-1", "1.234", "12a", "1,000.00"])
    assert.equal(amountOf(text, "CNY"), null);
});
