// What the dispatcher's page works out, without a browser.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const loadFile = async (name) => {
  const path = fileURLToPath(new URL(name, import.meta.url));
  return (await runnerImport(path, { configFile: false })).module;
};
const load = (name) => loadFile(`../src/${name}.ts`);

const feature = (id, properties = {}) => ({
  type: "Feature",
  id,
  geometry: { type: "Point", coordinates: [121, 31] },
  properties,
});
const collection = (...features) => ({ type: "FeatureCollection", features });

describe("the couriers on the map", () => {
  test("have it beside them that they are out", async () => {
    const { courierFeatures } = await load("dispatch/map/features");
    const lane = (id, isOut) => ({
      route: { id: `rte_${id}`, courier: { id } },
      number: 1,
      colour: { light: "#000000", dark: "#ffffff" },
      visits: [],
      isOut,
    });
    const seen = new Map(["a", "b"].map((id) => [id, { place: { lon: 121, lat: 31 } }]));
    const features = courierFeatures([lane("a", true), lane("b", false)], seen, 0, "✕ out");
    assert.deepEqual(
      features.map(({ properties }) => properties.state),
      ["✕ out", ""],
    );
  });
});

describe("blocked areas on the map", () => {
  const polygon = [
    [121, 31],
    [122, 31],
    [122, 32],
  ];
  const words = {
    blockedUntil: (until) => `until ${until}`,
    blockedFrom: (span) => `from ${span}`,
  };
  const place = { tag: "en-GB", zone: "Asia/Shanghai" };

  test("are there until they are over, with their hours", async () => {
    const { areaFeatures } = await load("dispatch/map/areas");
    const [from, until] = ["2026-03-02T10:00:00+08:00", "2026-03-02T12:00:00+08:00"];
    const shown = (now) =>
      areaFeatures([{ number: 1, polygon, from, until }], Date.parse(now), place, words);
    const [ground, label] = shown("2026-03-02T11:00:00+08:00");
    assert.deepEqual(ground.geometry.coordinates, [[...polygon, polygon[0]]]);
    assert.equal(ground.properties.isNow, true);
    assert.equal(label.properties.label, "until 12:00");
    const [, later] = shown("2026-03-02T09:00:00+08:00");
    assert.equal(later.properties.label, "from 10:00–12:00");
    assert.deepEqual(shown(until), []);
  });
});

describe("the routes that an event is about", () => {
  const elsewhere = () => undefined;

  test("are those that it names, wherever it does", async () => {
    const { routesOf } = await load("dispatch/changes");
    const [one, other] = ["rte_0a", "rte_0b"];
    const placed = { subject: "bkg_1", body: { route: one, courier: "c-1" } };
    assert.deepEqual([...routesOf({ kind: "hold.placed", data: placed }, elsewhere)], [one]);
    const moved = { subject: "bkg_1", body: { route: one, left: other } };
    const routes = routesOf({ kind: "booking.rescheduled", data: moved }, elsewhere);
    assert.deepEqual([...routes], [one, other]);
  });

  test("are all where it names none, and its booking is on none", async () => {
    const { ALL, routesOf } = await load("dispatch/changes");
    const data = { subject: "bkg_1", body: {} };
    assert.equal(routesOf({ kind: "booking.cancelled", data }, elsewhere), ALL);
    const known = routesOf({ kind: "booking.cancelled", data }, () => "rte_0a");
    assert.deepEqual([...known], ["rte_0a"]);
  });
});

describe("what differs between two states of a map's source", () => {
  let differenceOf;

  before(async () => {
    ({ differenceOf } = await load("map/difference"));
  });

  test("is what is new, what has changed and what is gone", () => {
    const kept = feature("kept");
    const before = collection(kept, feature("changed", { late: false }), feature("gone"));
    const after = collection(kept, feature("changed", { late: true }), feature("new"));
    const { remove, add } = differenceOf(before, after);
    assert.deepEqual(remove, ["gone"]);
    assert.deepEqual(
      add.map(({ id }) => id),
      ["changed", "new"],
    );
  });

  test("is nothing where other objects say the same", () => {
    const difference = differenceOf(collection(feature("a")), collection(feature("a")));
    assert.deepEqual(difference, { remove: [], add: [] });
  });

  test("is not known where a feature has no id", () => {
    assert.equal(differenceOf(collection(feature("a")), collection(feature(undefined))), null);
    assert.equal(differenceOf(collection(feature(undefined)), collection()), null);
  });
});

describe("what is done once", () => {
  test("has the same key until it is answered", async () => {
    const { Once, Unreachable } = await loadFile("./lib/shared.js");
    const once = new Once();
    const keys = [];
    const lost = (header) => {
      keys.push(header["Idempotency-Key"]);
      throw new Unreachable();
    };
    const answered = async (header) => {
      keys.push(header["Idempotency-Key"]);
      return "done";
    };
    await assert.rejects(() => once.do({ change: 1 }, lost), Unreachable);
    assert.equal(await once.do({ change: 1 }, answered), "done");
    assert.equal(await once.do({ change: 1 }, answered), "done");
    await assert.rejects(() => once.do({ change: 2 }, lost), Unreachable);
    assert.equal(keys[0], keys[1], "it may have been done");
    assert.equal(new Set(keys).size, 3, "what was answered is over, and another is another");
  });
});
