// Draws the courier's icons as PNG out of their SVG, for phones that take nothing else. The pictures
// are committed: run `npm run icons` after a change of the SVG.
import { readFile, writeFile } from "node:fs/promises";
import { launchBrowser } from "../tests/lib/browser.js";

const FOLDER = new URL("../public/courier/", import.meta.url);
const SIDES_PX = [180, 192, 512];

const svg = await readFile(new URL("icon.svg", FOLDER), "utf8");
const browser = await launchBrowser();
for (const side of SIDES_PX) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw}</style>${svg}`);
  await writeFile(new URL(`icon-${side}.png`, FOLDER), await page.screenshot());
}
await browser.close();
