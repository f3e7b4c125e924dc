// Measures the dispatcher's page on a large day, and prints the figures; nothing is asserted.
//
//     npm run build && npm run trace [-- routes visits]

import { cpus, loadavg } from "node:os";
import { bigDay } from "./lib/big-day.js";
import { launchBrowser } from "./lib/browser.js";
import { startStage } from "./lib/stage.js";
import { traced } from "./lib/tracing.js";

const [routes = 250, visits = 20] = process.argv.slice(2).map(Number);
const CHANGES = 12;

const stage = await startStage(bigDay(routes, visits));
const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
page.setDefaultTimeout(120_000);

const show = (name, figure) => process.stdout.write(`${name.padEnd(44)} ${figure}\n`);
const ms = (value) => `${Math.round(value)} ms`;
const nextFrames = (count) => page.evaluate(waitFrames, count);

/** In the page. */
function waitFrames(count) {
  return new Promise((resolve) => {
    const step = (left) => (left > 0 ? requestAnimationFrame(() => step(left - 1)) : resolve());
    step(count);
  });
}

/** In the page: when the figures and the first lanes are painted, since the navigation began. */
function usefulPaint(visits) {
  return new Promise((resolve) => {
    const look = () => {
      const figure = document.querySelector("[data-figure=visits]")?.textContent ?? "";
      const isThere =
        figure.replace(/\D/g, "") === String(visits) && document.querySelector("[data-lane]");
      if (!isThere) requestAnimationFrame(look);
      else requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    };
    look();
  });
}

/** In the page: waits for a change to be painted on the timeline; answers when it was. */
function watchDone() {
  const count = () => document.querySelectorAll("[data-lane] .stop.done").length;
  const figure = () => document.querySelector("[data-figure=done]")?.textContent;
  const [cells, told] = [count(), figure()];
  globalThis.changed = new Promise((resolve) => {
    const look = () => {
      if (figure() === told && count() === cells) requestAnimationFrame(look);
      else requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
    };
    look();
  });
}

async function latency() {
  await page.evaluate(watchDone);
  const told = Date.now();
  stage.change();
  return (await page.evaluate(() => globalThis.changed)) - told;
}

async function latencies() {
  const taken = [];
  for (let count = 0; count < CHANGES; count += 1) {
    taken.push(await latency());
    await nextFrames(40);
  }
  return taken.sort((one, other) => one - other);
}

async function report(name, work) {
  const { answer, longest_ms, stalls, parts } = await traced(page, work);
  const told = `longest task ${ms(longest_ms)}, over 100 ms: ${stalls}`;
  show(name, parts ? `${told} (longest: ${parts})` : told);
  return answer;
}

async function reportLatencies(name, work) {
  const taken = await report(name, work);
  const [median, most] = [taken[Math.floor(taken.length / 2)], taken.at(-1)];
  show("", `seen after ${ms(median)} (median), ${ms(most)} (most)`);
}

async function wheel(across, down, times) {
  for (let count = 0; count < times; count += 1) {
    await page.mouse.wheel(across, down);
    await nextFrames(1);
  }
}

async function overTimeline() {
  const { x, y, width, height } = await page.locator(".timeline .scroller").boundingBox();
  await page.mouse.move(x + width * 0.6, y + height * 0.6);
}

async function zoomTimeline() {
  const button = (name) => page.locator(".timeline").getByRole("button", { name, exact: true });
  for (const name of ["Zoom in", "Zoom in", "Zoom in", "Zoom out", "Zoom out", "Fit the day"]) {
    await button(name).click();
    await nextFrames(5);
  }
  for (let count = 0; count < 4; count += 1) await button("Zoom in").click();
}

async function jumpTimeline() {
  for (const share of [0.2, 0.9, 0.4, 1, 0]) {
    await page.locator(".timeline .scroller").evaluate((scroller, share) => {
      scroller.scrollTop = share * scroller.scrollHeight;
    }, share);
    await nextFrames(5);
  }
}

async function moveMap(steps) {
  const { x, y, width, height } = await page.locator("canvas").boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  for (let step = 1; step <= steps; step += 1) {
    await page.mouse.move(x + width / 2 + 4 * step, y + height / 2 + step);
    await nextFrames(1);
  }
  await page.mouse.up();
}

const drawn = () => page.waitForSelector("[data-ready=true][data-idle=true]");

show("machine", `${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}`);
show("day", `${routes} routes, ${routes * visits} visits; Chromium ${browser.version()}`);
await page.goto(stage.page);
show("first useful paint", ms(await page.evaluate(usefulPaint, routes * visits)));
await drawn();
show("map drawn", ms(await page.evaluate(() => performance.now())));
await reportLatencies("live change, at rest", latencies);
await drawn();
await reportLatencies("live change, the map being moved", async () => {
  const moving = moveMap(150);
  const taken = [];
  for (let count = 0; count < 5; count += 1) taken.push(await latency());
  await moving;
  return taken.sort((one, other) => one - other);
});
await drawn();
await overTimeline();
await report("timeline scrolled down and up", async () => {
  await wheel(0, 120, 90);
  await wheel(0, -120, 90);
});
await report("timeline scrolled far at once", jumpTimeline);
await report("timeline zoomed", zoomTimeline);
await overTimeline();
await report("timeline scrolled across", async () => {
  await wheel(80, 0, 60);
  await wheel(-80, 0, 60);
});
await report("scrolled while changes come", async () => {
  const timer = setInterval(stage.change, 300);
  await wheel(0, 120, 90);
  clearInterval(timer);
});
await browser.close();
await stage.stop();
