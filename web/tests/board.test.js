// The dispatcher's page in a browser, on a day that has begun.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { accessibilityFaults } from "./lib/axe.js";
import { launchBrowser, watch } from "./lib/browser.js";
import { DAY, startDay } from "./lib/day.js";

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 780 };
const COURIERS = 10;

describe("the dispatcher's page", { timeout: 600_000 }, () => {
  let day, browser, pictures, late;

  before(async () => {
    pictures =
      process.env.DOORSTEP_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), "doorstep-board-")));
    [day, browser] = await Promise.all([startDay({ couriers: COURIERS }), launchBrowser()]);
    late = await day.makeLate((await day.busiest())[2]);
  });

  after(async () => {
    await browser?.close();
    await day?.stop();
  });

  /** Opens the page and waits for the day. */
  async function opened(options = {}, address = day.page) {
    const context = await browser.newContext({ viewport: WIDE, locale: "en-GB", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const faults = watch(page, day.origin);
    const response = await page.goto(address.href);
    return { context, page, faults, response };
  }

  const figure = (page, name) => page.locator(`[data-figure=${name}]`);
  const shows = (page, name, value) =>
    page.waitForFunction(
      ([name, value]) => document.querySelector(`[data-figure=${name}]`)?.textContent === value,
      [name, value],
    );
  const isDrawn = (page) => page.waitForSelector("[data-ready=true][data-idle=true]");
  const stops = (page) => page.locator("table tbody tr[data-booking]");

  test("its numbers follow the API, and a live change reads what changed alone", async () => {
    const { context, page, faults, response } = await opened();
    const headers = response.headers();
    assert.match(headers["content-security-policy"], /^default-src 'none'; script-src 'self';/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    const { summary } = await day.board();
    await shows(page, "visits", String(summary.visits));
    await shows(page, "confirmed", String(summary.confirmed));
    await shows(page, "couriers", `${summary.couriers_used} / ${COURIERS}`);
    await shows(page, "done", `0 / ${summary.visits}`);
    assert.equal(await page.locator("[data-count]").innerText(), String(COURIERS));

    await page.locator("[data-connection=good]").waitFor();
    const part = page.waitForRequest((request) => request.url().includes("?routes=rte_"));
    const [route] = await day.busiest();
    const [visit] = day.visitsOf(route);
    await day.tell(route, visit, "departed", "arrived", "done");
    await shows(page, "done", `1 / ${summary.visits}`);
    assert.ok((await part).url().includes(route.id));
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("the key leaves the address and stays in the tab", async () => {
    const { context, page, faults } = await opened();
    await figure(page, "visits").waitFor();
    assert.ok(!page.url().includes("key="), page.url());
    assert.ok(page.url().includes("region=shanghai"), page.url());
    await page.reload();
    await figure(page, "visits").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Dispatcher's key").waitFor();
    await page.reload();
    await page.getByLabel("Dispatcher's key").waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a wrong key is said to be wrong, and can be corrected", async () => {
    const wrong = new URL(day.page.href.replace(/key=\w+/, "key=dsk_wrong"));
    const { context, page } = await opened({}, wrong);
    await page.getByText("The key was not accepted.").waitFor();
    await page.getByLabel("Dispatcher's key").fill(day.keys.dispatcher);
    await page.keyboard.press("Enter");
    await figure(page, "visits").waitFor();
    await context.close();
  });

  test("moments are told in the region's zone, another day by a step", async () => {
    const { context, page, faults } = await opened({ timezoneId: "America/New_York" });
    await page.getByText(/^09:[3-5]\d$/).waitFor();
    await page.getByRole("button", { name: "The day after" }).click();
    await shows(page, "visits", "0");
    await page.waitForURL(/date=2026-03-03/);
    await page.getByRole("button", { name: "The day before" }).click();
    await shows(page, "visits", String((await day.board()).summary.visits));
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a courier is chosen by click and by keyboard, and shown everywhere", async () => {
    const { context, page, faults } = await opened();
    await isDrawn(page);
    const [route] = await day.busiest();
    const first = page.locator(`[data-route="${route.id}"]`);
    await first.click();
    assert.equal(await first.getAttribute("aria-pressed"), "true");
    await page.waitForSelector("[data-chosen='1']");
    await page.getByRole("region", { name: route.courier.name }).waitFor();
    assert.equal(await stops(page).count(), day.visitsOf(route).length);
    await first.press("Enter");
    await page.waitForSelector("[data-chosen='0']");
    await first.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-chosen='1']");
    await page.getByRole("combobox", { name: "Sort" }).selectOption("late");
    const worst = page.locator("[data-at='0'] button");
    assert.match(await worst.innerText(), /late/);
    await page.getByRole("combobox", { name: "Show" }).selectOption("late");
    assert.equal(await page.locator("[data-count]").innerText(), `1 of ${COURIERS}`);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("the map moves by keyboard, wheel, drag and button", async () => {
    const { context, page, faults } = await opened();
    await isDrawn(page);
    const frame = page.locator("[data-view]");
    const canvas = page.locator("canvas");
    const changes = async (act) => {
      const was = await frame.getAttribute("data-view");
      await act();
      await page.waitForFunction(
        (was) => document.querySelector("[data-view]").getAttribute("data-view") !== was,
        was,
      );
      await page.waitForSelector("[data-idle=true]");
    };
    await changes(() => canvas.press("ArrowRight"));
    await changes(() => canvas.press("+"));
    const { x, y, width, height } = await canvas.boundingBox();
    await page.mouse.move(x + width / 2, y + height / 2);
    await changes(() => page.mouse.wheel(0, -200));
    await changes(async () => {
      await page.mouse.down();
      await page.mouse.move(x + width / 2 + 80, y + height / 2 + 30, { steps: 4 });
      await page.mouse.up();
    });
    const map = page.getByRole("region", { name: "Map", exact: true });
    await changes(() => map.getByRole("button", { name: "Zoom out" }).click());
    await changes(() => canvas.press("0"));
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("several stops are chosen with a line around them, and by keyboard", async () => {
    const { context, page, faults } = await opened();
    await isDrawn(page);
    const { x, y, width, height } = await page.locator("canvas").boundingBox();
    await page.getByRole("button", { name: "Choose stops with a line" }).click();
    const corners = [
      [0.04, 0.04],
      [0.9, 0.04],
      [0.9, 0.9],
      [0.04, 0.9],
    ];
    await page.mouse.move(x + width * 0.04, y + height * 0.04);
    await page.mouse.down();
    for (const [across, down] of corners) {
      await page.mouse.move(x + width * across, y + height * down, { steps: 3 });
    }
    await page.mouse.up();
    const told = page.locator("[data-chosen]:not(div)");
    await told.waitFor();
    assert.ok(parseInt(await told.innerText(), 10) > 10);
    await page.getByRole("button", { name: "Clear", exact: true }).click();

    await page.locator(`[data-route="${(await day.busiest())[1].id}"]`).click();
    await stops(page).first().focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.getByText("2 stops chosen").waitFor();
    // A break may lie between.
    const three = page.getByText("3 stops chosen");
    for (let step = 0; step < 4 && !(await three.isVisible()); step += 1) {
      await page.keyboard.press("Shift+ArrowDown");
    }
    await three.waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("stops chosen").waitFor({ state: "detached" });
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a booking is told in full, and why it is where it is", async () => {
    const { context, page, faults } = await opened();
    await page.locator(`[data-route="${(await day.busiest())[3].id}"]`).click();
    await stops(page).last().click();
    const card = page.getByRole("article");
    await card.getByText("+86138").waitFor();
    await card.getByRole("button", { name: "Show why" }).click();
    await card.getByRole("heading", { name: "Why this courier?" }).waitFor();
    assert.equal(await card.locator("ol li", { hasText: "has it" }).count(), 1);
    assert.match(await card.locator("ol li").first().innerText(), /[+−±]\d.*, [+−±]\d/);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("what has no place is told with the reasons and what would help", async () => {
    const { context, page, faults } = await opened();
    await figure(page, "unassigned").click();
    const list = page.locator("[data-unassigned]");
    await list.getByText("何静").waitFor();
    const told = await list.innerText();
    assert.match(told, /Nobody free has the skill “glass-repair” \(closest: .+\)/);
    assert.match(told, /Nobody works then|The shift would end .+ too late/);
    await list.getByRole("button", { name: /^Show/ }).first().click();
    await page.getByRole("article").getByText("+8613900000").waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("what the API tells is shown as text, whatever it is", async () => {
    const { context, page } = await opened();
    await page.route(`**${DAY}`, async (route) => {
      const headers = await route.request().allHeaders();
      delete headers["if-none-match"];
      const response = await route.fetch({ headers });
      const board = await response.json();
      const violation = { rule: "late", detail: "late <b>9 minutes</b>" };
      board.summary.violations = [violation];
      board.unassigned = [
        {
          booking_id: "bkg_0123456789",
          complete: true,
          reasons: [
            { code: "time_window", by_s: 540, relaxation: { change: "end", by_s: 540 } },
            { code: "value_at_risk", by_value: 120_000 },
            { code: "not_known_yet" },
          ],
        },
      ];
      await route.fulfill({ json: board });
    });
    await page.reload();
    await figure(page, "violations").click();
    await page.getByText("late <b>9 minutes</b>").waitFor();
    await figure(page, "unassigned").click();
    await page.getByText("A window that ends 9 mins later would fit").waitFor();
    await page.getByText("¥1,200 over the insured value").waitFor();
    await page.getByText("not known yet").waitFor();
    await context.close();
  });

  test("bookings are found by what people know of them", async () => {
    const { context, page, faults } = await opened();
    await figure(page, "visits").waitFor();
    const box = page.getByRole("combobox", { name: "Find a booking or courier" });
    await box.fill("0007919");
    await page.getByRole("option", { name: /order-2/ }).waitFor();
    await box.press("Enter");
    const card = page.getByRole("article");
    await card.getByText("+8613810007919").waitFor();
    await box.fill("no such thing");
    await page.getByText("Nothing is like that on this day.").waitFor();
    const [{ courier }] = await day.busiest();
    await box.fill(courier.name);
    await page.getByRole("option", { name: courier.name }).click();
    await page.getByRole("region", { name: courier.name }).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("what happens is told as it happens, with who did it", async () => {
    const { context, page, faults } = await opened();
    await page.locator("[data-connection=good]").waitFor();
    await figure(page, "visits").waitFor();
    await page.getByRole("tab", { name: "Activity" }).click();
    const [, route] = await day.busiest();
    const [visit] = day.visitsOf(route);
    await day.tell(route, visit, "departed", "arrived", "failed");
    const { name } = route.courier;
    await page.getByText(`${name}: visit failed, nobody there`).waitFor();
    const told = page.getByRole("listitem").filter({ hasText: "Failed" }).first();
    assert.match(await told.innerText(), new RegExp(name));
    await page.getByRole("log").getByRole("button", { name: "Show" }).click();
    await page.getByRole("article").getByText("nobody there").waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("without a connection it says so, keeps what it has, and comes back", async () => {
    const { context, page } = await opened();
    const { summary } = await day.board();
    await shows(page, "visits", String(summary.visits));
    await context.setOffline(true);
    await page.locator("[data-connection=bad], [data-connection=warn]").waitFor();
    assert.equal(await figure(page, "visits").innerText(), String(summary.visits));
    await context.setOffline(false);
    await page.locator("[data-connection=good]").waitFor();
    await context.close();
  });

  /** What is open on each picture, and how. */
  const PICTURES = {
    "dispatch-desk": { act: openWhy },
    "dispatch-desk-zh": { locale: "zh-CN", act: openUnassigned },
    "dispatch-dark": { colorScheme: "dark", act: openLate },
    "dispatch-phone": { viewport: PHONE, hasTouch: true, isMobile: true, act: openCouriers },
    "dispatch-phone-zh": {
      viewport: PHONE,
      hasTouch: true,
      isMobile: true,
      locale: "zh-CN",
      act: openRoute,
    },
  };

  async function openWhy(page) {
    await page.locator(`[data-route="${(await day.busiest())[3].id}"]`).click();
    await stops(page).last().click();
    await page.getByRole("button", { name: "Show why" }).click();
    await page.locator("article ol li").first().waitFor();
  }

  async function openUnassigned(page) {
    await figure(page, "unassigned").click();
    await page.locator("[data-unassigned]").getByText("何静").waitFor();
  }

  async function openLate(page) {
    const { route } = await where(late);
    await page.locator(`[data-route="${route.id}"]`).click();
    await page.locator(`tr[data-booking="${late}"]`).click();
    await page.locator("article dl").waitFor();
  }

  async function where(booking) {
    const { routes } = await day.board();
    const isOn = (route) => route.stops.some(({ booking_id }) => booking_id === booking);
    return { route: routes.find(isOn) };
  }

  async function openCouriers(page) {
    await page.getByRole("button", { name: "Couriers", exact: true }).click();
  }

  async function openRoute(page) {
    await page.getByRole("button", { name: "快递员", exact: true }).click();
    await page.locator(`[data-route="${(await day.busiest())[0].id}"]`).click();
    await page.getByRole("button", { name: "详情", exact: true }).click();
    await stops(page).first().waitFor();
  }

  for (const colorScheme of ["light", "dark"]) {
    test(`everyone can use the legends, the filters and the log: ${colorScheme}`, async () => {
      const { context, page, faults } = await opened({ colorScheme, bypassCSP: true });
      await isDrawn(page);
      for (const legend of await page.locator("details summary").all()) await legend.click();
      await page.getByRole("tab", { name: "Activity" }).click();
      await page.getByRole("combobox", { name: "Show" }).selectOption("out");
      await page.getByText("No courier is like that.").waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.locator("details summary").last().click();
      await figure(page, "violations").click();
      await page.getByText("Begins after its window").first().waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  for (const [name, { act, ...options }] of Object.entries(PICTURES)) {
    test(`everyone can use it: ${name}`, async () => {
      // The policy refuses the checker's own styles, so it is lifted for the checker alone.
      const { context, page, faults } = await opened({ ...options, bypassCSP: true });
      await isDrawn(page);
      assert.deepEqual(await accessibilityFaults(page), []);
      await act(page);
      await page.mouse.move(700, 300);
      await page.screenshot({ path: join(pictures, `${name}.png`) });
      const { width } = options.viewport ?? WIDE;
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual(faults, []);
      await context.close();
    });
  }
});
