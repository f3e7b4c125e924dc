// What a page loads, read from Vite's manifest.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export async function readManifest(folder) {
  return JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
}

/** The scripts, styles and pictures of an entry, with what it imports later where `follows` says so. */
export function filesOf(manifest, entry, follows = () => false) {
  const seen = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const { imports = [], dynamicImports = [] } = manifest[key];
    imports.forEach(visit);
    dynamicImports.filter(follows).forEach(visit);
  };
  visit(entry);
  const chunks = [...seen].map((key) => manifest[key]);
  const files = chunks.flatMap(({ file, css = [], assets = [] }) => [file, ...css, ...assets]);
  return [...new Set(files)].filter((file) => !file.endsWith(".html"));
}
