// How much a phone has to load: the build fails where it is more than was set.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { filesOf, readManifest } from "./manifest.js";

/** The map comes when it is asked for. */
const isMap = (key) =>
  key.endsWith("Map.svelte") ||
  key.includes("src/map/") ||
  key.includes("maplibre") ||
  key.includes("pmtiles");

const BUDGETS = [
  {
    name: "courier",
    kb_max: 150,
    files: (manifest) => filesOf(manifest, "courier.html", (key) => !isMap(key)),
  },
  { name: "picker", kb_max: 30, files: () => ["embed/doorstep-slots.js"] },
];

/** Checks every budget, in kB gzipped. */
export async function checkBudgets(folder) {
  const manifest = await readManifest(folder);
  for (const { name, kb_max, files } of BUDGETS) {
    const contents = await Promise.all(files(manifest).map((file) => readFile(join(folder, file))));
    const bytes = contents.reduce(
      (sum, content) => sum + gzipSync(content, { level: 9 }).length,
      0,
    );
    const kb = bytes / 1000;
    if (kb > kb_max) {
      throw new Error(`the ${name} is ${kb.toFixed(1)} kB gzipped: ${kb_max} kB is the most`);
    }
    process.stdout.write(`${name}: ${kb.toFixed(1)} kB gzipped of ${kb_max} kB\n`);
  }
}
