// What the dispatcher's page works out, without a browser.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const load = async (name) => {
  const path = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  return (await runnerImport(path, { configFile: false })).module;
};

const feature = (id, properties = {}) => ({
  type: "Feature",
  id,
  geometry: { type: "Point", coordinates: [121, 31] },
  properties,
});
const collection = (...features) => ({ type: "FeatureCollection", features });

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
