// The dispatcher's board in a browser, on a demo whose day books itself meanwhile.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import axe from "axe-core";
import { launchBrowser, watch } from "./browser.js";
import { startDemo } from "./demo.js";

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 780 };
const COURIERS = 8;

describe("the dispatcher's board", { timeout: 300_000 }, () => {
  let demo, browser, pictures;

  before(async () => {
    pictures =
      process.env.DOORSTEP_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), "doorstep-board-")));
    demo = await startDemo();
    browser = await launchBrowser();
  });

  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  async function opened(options = {}, address = demo.page) {
    const context = await browser.newContext({ viewport: WIDE, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const faults = watch(page, demo.page.origin);
    const response = await page.goto(address.href);
    return { context, page, faults, response };
  }

  /** Waits until the page shows at least so many visits. */
  const showsVisits = (page, least) =>
    page.waitForFunction((least) => {
      const shown = document.querySelector("[data-figure=visits]");
      return shown && Number(shown.textContent) >= least;
    }, least);

  test("its numbers follow the API", async () => {
    const { context, page, faults, response } = await opened();
    const headers = response.headers();
    assert.match(headers["content-security-policy"], /^default-src 'none'; script-src 'self';/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    const shown = () => page.locator("[data-figure=visits]").textContent().then(Number);
    await showsVisits(page, 1);
    const early = await shown();
    await showsVisits(page, early + 5);
    await page.waitForFunction(async () => {
      const hash = new URLSearchParams(location.hash.slice(1));
      const path = `/v1/regions/${hash.get("region")}/days/${hash.get("date")}`;
      const key = sessionStorage.getItem("doorstep.key");
      const answer = await fetch(path, { headers: { Authorization: `Bearer ${key}` } });
      const { summary } = await answer.json();
      const figure = (name) => document.querySelector(`[data-figure=${name}]`).textContent;
      const isSame = (name) => Number(figure(name)) === summary[name];
      return summary.visits > 0 && ["visits", "confirmed", "held"].every(isSame);
    });
    await page.waitForRequest((request) => Boolean(request.headers()["if-none-match"]));
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("the key leaves the address and stays in the tab", async () => {
    const { context, page } = await opened();
    await page.waitForSelector("#couriers button");
    assert.ok(!page.url().includes("key="), page.url());
    assert.ok(page.url().includes("region=shanghai"), page.url());
    await page.reload();
    await page.waitForSelector("#couriers button");
    await context.close();
  });

  test("a courier is chosen by click and by keyboard, and shown everywhere", async () => {
    const { context, page, faults } = await opened();
    await showsVisits(page, 5);
    assert.equal(await page.locator("#lanes .lane").count(), COURIERS);
    assert.equal(await page.locator("#couriers button").count(), COURIERS);
    const first = page.locator("#couriers button").first();
    const route = await first.getAttribute("data-route");
    await first.click();
    const chosen = page.locator(`#couriers button[data-route="${route}"]`);
    await page.waitForSelector(`#map .route.selected[data-route="${route}"]`);
    await page.waitForSelector(`#lanes .selected[data-route="${route}"]`);
    assert.equal(await chosen.getAttribute("aria-pressed"), "true");
    assert.ok((await page.locator("#stops-table tbody tr").count()) >= 3);
    await chosen.press("Enter");
    await page.waitForSelector("#map:not(.has-selected)");
    await page.locator(`#lanes [data-route="${route}"] button`).press("Enter");
    await page.waitForSelector(`#map .route.selected[data-route="${route}"]`);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("the map moves by keyboard, wheel, drag and button", async () => {
    const { context, page, faults } = await opened();
    await showsVisits(page, 1);
    const map = page.locator("#map");
    const view = () => map.getAttribute("viewBox");
    const changes = async (act) => {
      const was = await view();
      await act();
      await page.waitForFunction(
        (was) => document.querySelector("#map").getAttribute("viewBox") !== was,
        was,
      );
    };
    const { x, y, width, height } = await map.boundingBox();
    await changes(() => map.press("ArrowRight"));
    await changes(() => map.press("+"));
    await page.mouse.move(x + width / 2, y + height / 2);
    await changes(() => page.mouse.wheel(0, -200));
    await changes(async () => {
      await page.mouse.down();
      await page.mouse.move(x + width / 2 + 80, y + height / 2 + 30);
      await page.mouse.up();
    });
    await changes(() => page.getByRole("button", { name: "Show all" }).click());
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a re-plan says what it did", async () => {
    const { context, page, faults } = await opened();
    await showsVisits(page, 5);
    await page.getByRole("button", { name: "Re-plan the day" }).click();
    await page.waitForFunction(() =>
      /^Re-planned as version \d+: .*km → .*km/.test(document.querySelector("#report").textContent),
    );
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("what has no place, and what is broken, is told in words", async () => {
    const { context, page } = await opened();
    await showsVisits(page, 1);
    let name;
    await page.route("**/days/2026-03-02", async (route) => {
      const answer = await route.fetch({
        headers: { ...route.request().headers(), "if-none-match": "" },
      });
      const board = await answer.json();
      name = board.routes[0].courier.name;
      board.summary.violations = [{ rule: "late", detail: "<b>9 minutes</b>" }];
      board.unassigned = [
        {
          booking_id: "bkg_0123456789",
          complete: true,
          reasons: [
            {
              code: "time_window",
              by_s: 540,
              courier: board.routes[0].courier.id,
              relaxation: { change: "end", by_s: 540 },
            },
            { code: "value_at_risk", by_value: 120_000 },
            { code: "not_known_yet" },
          ],
        },
      ];
      await route.fulfill({ json: board });
    });
    const entry = page.locator("#unassigned > li");
    await entry.waitFor();
    const told = await entry.innerText();
    for (const words of [
      "Booking …456789",
      "Would fit if the window ended 9 min later.",
      `A promised window would be missed by 9 min (closest: ${name})`,
      "¥1,200 over the insured value",
      "not known yet",
    ]) {
      assert.ok(told.includes(words), `${words}: ${told}`);
    }
    await page.locator("#violations summary").click();
    assert.equal(await page.locator("#violations-list").innerText(), "late <b>9 minutes</b>");
    await context.close();
  });

  test("a wrong key is said to be wrong, and can be corrected", async () => {
    const wrong = new URL(demo.page.href.replace(/key=\w+/, "key=dsk_wrong"));
    const { context, page } = await opened({}, wrong);
    await page.waitForFunction(() =>
      document.querySelector("#status").textContent.startsWith("The key was not accepted"),
    );
    await page
      .getByLabel("Dispatcher's key")
      .fill(new URLSearchParams(demo.page.hash.slice(1)).get("key"));
    await page.keyboard.press("Enter");
    await page.waitForSelector("#couriers button");
    await context.close();
  });

  test("without a connection it says so, keeps what it has, and comes back", async () => {
    const { context, page } = await opened();
    await showsVisits(page, 1);
    await context.setOffline(true);
    await page.waitForFunction(() =>
      document.querySelector("#status").textContent.includes("cannot be reached"),
    );
    assert.equal(await page.locator("#lanes .lane").count(), COURIERS);
    await context.setOffline(false);
    await page.waitForFunction(() => document.querySelector("#status").textContent === "Live");
    await context.close();
  });

  for (const [name, options] of Object.entries({
    light: { colorScheme: "light" },
    dark: { colorScheme: "dark" },
    phone: { viewport: PHONE, hasTouch: true },
  })) {
    test(`everyone can use it: ${name}`, async () => {
      // The policy refuses the checker's own styles, so it is lifted for the checker alone.
      const { context, page, faults } = await opened({ ...options, bypassCSP: true });
      await showsVisits(page, 5);
      await page.locator("#couriers button").first().click();
      await page.waitForSelector("#lanes .selected");
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
      const { width } = options.viewport ?? WIDE;
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
      const told = serious.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map((node) => `${node.html} ${node.failureSummary}`)
            .join("\n")}`,
      );
      assert.deepEqual(told, []);
      assert.deepEqual(faults, []);
      await context.close();
    });
  }
});
