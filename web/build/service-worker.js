// Builds the courier's service worker with the list of what it keeps, and a version that changes
// with any of it.
import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { filesOf, readManifest } from "./manifest.js";

const PAGE = "courier.html";

/** What installs the page: named by `public/`, without hashes. */
const FOLDER = "courier";

export async function buildServiceWorker(folder) {
  const manifest = await readManifest(folder);
  const named = (await readdir(join(folder, FOLDER))).map((name) => `${FOLDER}/${name}`);
  const files = [...filesOf(manifest, PAGE), ...named].sort();
  const version = await hashOf([PAGE, ...files].map((file) => join(folder, file)));
  const precache = { version, files: files.map((file) => `/${file}`) };
  await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: { PRECACHE: JSON.stringify(precache) },
    build: {
      outDir: join(folder, FOLDER),
      emptyOutDir: false,
      target: "es2022",
      lib: { entry: "src/courier/sw.ts", formats: ["es"], fileName: () => "sw.js" },
    },
  });
}

async function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(await readFile(path));
  return hash.digest("hex").slice(0, 16);
}
