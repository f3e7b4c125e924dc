// Waiting for what will be, and for no time.

/** Waits until something has the focus. */
export const focused = (locator) =>
  until("focus", () => locator.evaluate((element) => element.matches(":focus")), Boolean);

/**
 * Lets the page's own time pass until something shows: nobody waits for its pauses. The page's clock must
 * have been installed.
 */
export async function hurried(page, locator) {
  const shown = async () => {
    await page.clock.fastForward(500);
    return locator.isVisible();
  };
  await until("it does not show", shown, Boolean);
}

/** Asks again, one answer after the other, until it is as it should be. */
export async function until(what, ask, isRight) {
  const deadline = Date.now() + 60_000;
  let last;
  while (Date.now() < deadline) {
    last = await ask();
    if (isRight(last)) return last;
  }
  throw new Error(`${what}: still ${JSON.stringify(last)}`);
}
