// Debian's Chromium, without sandbox (tests may run as root) and without calls of its own.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const QUIET = [
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
];

/** The software that draws maps without a graphics card says how slow pictures of them are. */
const DRIVER = /^\[\.WebGL-\w+\]GL Driver Message \(OpenGL, Performance/;

export async function launchBrowser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(`${executablePath} is missing: run 'bash .ci/setup', or name one in CHROMIUM`);
  }
  return chromium.launch({ executablePath, chromiumSandbox: false, args: QUIET });
}

/** What a page must not have done, collected as it happens. */
export function watch(page, origin) {
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.stack}`));
  page.on("console", (message) => {
    const isFault = ["error", "warning"].includes(message.type());
    if (isFault && !DRIVER.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol !== "data:" && asked !== origin) faults.push(`request to ${request.url()}`);
  });
  return faults;
}
