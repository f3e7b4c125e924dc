// Builds everything into dist/: the pages, the slot picker for other hosts, and packed copies.
import { existsSync } from "node:fs";
import { build } from "vite";
import { checkBudgets } from "./budget.js";
import { pack } from "./pack.js";
import { buildServiceWorker } from "./service-worker.js";

const generated = new URL("../src/shared/api-types.ts", import.meta.url);
if (!existsSync(generated)) {
  throw new Error("src/shared/api-types.ts is missing: run `npm run generate`");
}

await build({ logLevel: "warn" });
await build({ logLevel: "warn", configFile: "vite.picker.config.ts" });
await buildServiceWorker("dist");
await checkBudgets("dist");
await pack("dist");
