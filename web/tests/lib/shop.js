// A customer at the demo shop's checkout, and what a test looks at there.

import assert from "node:assert/strict";
import { DATE, REGION } from "./service.js";
import { wordsOf } from "./words.js";

export const DESK = { viewport: { width: 1280, height: 1500 } };
export const PHONE = { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true };

/** What a customer of each language reads at the checkout, and in the picker. */
export const WORDS = await wordsOf("checkout");
export const PICKER = await wordsOf("picker");

export const LOCALES = { en: "en-GB", zh: "zh-CN" };

/** What the browser says of an answer that a test has brought about; nothing else. */
export const isAnswered =
  (...statuses) =>
  (fault) =>
    statuses.some((status) =>
      fault.startsWith(
        `console: Failed to load resource: the server responded with a status of ${status}`,
      ),
    );

/** The checkout with the key of a shop. */
export async function openCheckout(page, service, locale = "en") {
  await page.goto(`${service.origin}/checkout#key=${service.keys.checkout}`);
  await fillOrder(page, locale);
}

/** A phone to collect at the square, until there are slots to choose from. */
export async function fillOrder(page, locale = "en") {
  const words = WORDS[locale];
  await page.getByLabel(words.devices.model).fill("P40 Pro");
  await page.getByLabel(words.devices.value).fill("1200");
  await page.locator("[data-field=example]").selectOption("square");
  await page.locator("[role=radio][data-slot]").first().waitFor();
}

export const slotAt = (page, start) => page.locator(`[role=radio][data-slot="${start}"]`);

/** Chooses a slot, and waits until it is held. */
export async function choose(page, start) {
  await slotAt(page, start).click();
  await page.locator(`[role=radio][data-slot="${start}"][aria-checked=true]`).waitFor();
  await page.locator(".ds-hold").waitFor();
}

/** The day's numbers, as a dispatcher sees them. */
export async function summary(service, date = DATE) {
  const path = `/v1/regions/${REGION}/days/${date}`;
  const { status, body } = await service.call(service.keys.dispatcher, "GET", path);
  assert.equal(status, 200);
  return body.summary;
}
