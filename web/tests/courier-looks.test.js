// How the courier's page looks in each of its states, on phones and desks: everyone can use it.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { faultsLightAndDark } from "./lib/axe.js";
import {
  DESK,
  next,
  phone,
  PHONE,
  press,
  SMALL,
  startRounds,
  TAGS,
  WORDS,
  yuan,
} from "./lib/rounds.js";

const PICTURE = fileURLToPath(new URL("../public/courier/icon-192.png", import.meta.url));

describe("the courier's page for everyone", { timeout: 300_000 }, () => {
  let rounds, courier, first, pictures;

  before(async () => {
    pictures =
      process.env.DOORSTEP_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), "doorstep-courier-")));
    rounds = await startRounds(1);
    [courier] = rounds.couriers;
    const exchange = {
      kind: "exchange",
      devices: [phone("P20", 1200, { imei: "490154203237518" }), phone("Mate 20", 1800)],
      handover: [phone("Mate 60", 4500)],
    };
    const delivery = { kind: "delivery", devices: [phone("Mate 60", 4500)] };
    const laptop = { category: "laptop", brand: "Lenovo", declared_value: yuan(2600) };
    first = await rounds.booked(courier, exchange, ["09:00", "11:00"], 0);
    await rounds.booked(courier, delivery, ["12:00", "14:00"], 1);
    await rounds.booked(
      courier,
      { devices: [laptop, { category: "tablet" }] },
      ["13:00", "15:00"],
      2,
    );
    await rounds.booked(courier, {}, ["14:00", "16:00"], 3);
  });

  after(() => rounds?.stop());

  const picture = (page, name) => page.screenshot({ path: join(pictures, `courier-${name}.png`) });

  async function isFine(page) {
    assert.deepEqual(await faultsLightAndDark(page), []);
    const { width } = page.viewportSize();
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
  }

  const LOOKS = {
    phone: { language: "en", ...PHONE },
    "phone-zh": { language: "zh", ...SMALL },
    desk: { language: "en", ...DESK },
  };
  for (const [name, { language, ...options }] of Object.entries(LOOKS)) {
    test(`each view: ${name}`, async () => {
      const look = { ...options, locale: TAGS[language], bypassCSP: true };
      const { context, page, faults } = await rounds.opened(courier, look);
      const { tabs } = WORDS[language];
      const seen = async (view) => {
        await picture(page, `${name}${view}`);
        await isFine(page);
        if (name !== "phone") return;
        await page.emulateMedia({ colorScheme: "dark" });
        await picture(page, `phone-dark${view}`);
        await page.emulateMedia({ colorScheme: "light" });
      };
      await next(page, first);
      await seen("");
      await press(page, tabs.stops);
      await page.locator("[data-stop] > button").nth(1).click();
      await seen("-stops");
      await press(page, tabs.more);
      await seen("-more");
      // Without a graphics card a map takes its time: two are enough.
      if (language === "en") {
        await press(page, tabs.map);
        await page.locator("[data-idle=true]").waitFor();
        await picture(page, `${name}-map`);
        await isFine(page);
      }
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  for (const [language, t] of Object.entries(WORDS)) {
    test(`at the door, and without a network: ${language}`, async () => {
      const name = language === "en" ? "phone" : "phone-zh";
      const { context, page, faults } = await rounds.opened(courier, {
        ...SMALL,
        locale: TAGS[language],
        ...(language === "zh" ? { colorScheme: "dark" } : {}),
        bypassCSP: true,
      });
      const dialog = page.getByRole("dialog");
      const isAtDoor = await page.locator(`[data-door="${first.id}"]`).count();
      if (language === "en" && isAtDoor === 0) {
        await press(page, t.actions.setOff);
        await press(page, t.actions.arrive);
      }
      await page.locator(`[data-door="${first.id}"]`).waitFor();
      await press(page, t.door.fail);
      await dialog.waitFor();
      await picture(page, `${name}-fail`);
      await isFine(page);
      await page.keyboard.press("Escape");
      await page.locator("[data-device='0'] input[value=taken]").check();
      await page.locator("[data-device='1'] input[value=refused]").check();
      await page.getByLabel(t.door.imei).first().fill("490154203237517");
      await page.getByText(t.door.imeiCheck).waitFor();
      await picture(page, `${name}-inspect`);
      await isFine(page);

      await page.getByLabel(t.door.imei).first().fill("");
      await context.setOffline(true);
      await page.getByText(t.connection.asOf("|").split("|")[0]).waitFor();
      await press(page, t.door.inspectionDone);
      await page.locator("[data-branch=all_taken]").waitFor();
      await picture(page, `${name}-hand-over`);
      await page.locator("input[type=file]").setInputFiles(PICTURE);
      await page.locator("[data-photos='1'] img").waitFor();
      await isFine(page);
      await page.getByText(t.connection.unsent(1)).click();
      await dialog.locator("[data-waiting]").waitFor();
      await picture(page, `${name}-outbox`);
      await isFine(page);
      await press(page, t.close);
      await press(page, t.tabs.more);
      await press(page, t.more.signOut);
      await dialog.getByText(t.more.signOutUnsent(1)).waitFor();
      await isFine(page);
      assert.deepEqual(
        faults.filter((fault) => !fault.endsWith("net::ERR_INTERNET_DISCONNECTED")),
        [],
      );
      await context.close();
    });
  }

  test("signing in", async () => {
    for (const [language, t] of Object.entries(WORDS)) {
      const look = { ...SMALL, locale: TAGS[language], bypassCSP: true };
      const context = await rounds.browser.newContext(look);
      const page = await context.newPage();
      await page.goto(`${rounds.service.origin}/courier`);
      await page.getByLabel(t.signIn.key).waitFor();
      await isFine(page);
      await context.close();
    }
  });
});
