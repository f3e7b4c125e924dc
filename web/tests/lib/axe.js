// What the accessibility checker finds on a page, WCAG 2.2 AA and its best practices.

import axe from "axe-core";

/**
 * The page's context must have been made with `bypassCSP: true`: the policy refuses the checker's
 * own styles, so it is lifted for the checker alone.
 */
export async function accessibilityFaults(page, options = {}) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate((options) => globalThis.axe.run(options), {
    resultTypes: ["violations"],
    ...options,
  });
  return violations.map(({ id, nodes }) => {
    const found = nodes.slice(0, 3).map((node) => `${node.html}: ${node.failureSummary}`);
    return `${id}: ${found.join("\n")}`;
  });
}

/** The same in the page's colours and, of what colours alone decide, in the others: light or dark. */
export async function faultsLightAndDark(page) {
  const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const [own, other] = isDark ? ["dark", "light"] : ["light", "dark"];
  const faults = await accessibilityFaults(page);
  await page.emulateMedia({ colorScheme: other });
  const others = await accessibilityFaults(page, { runOnly: ["color-contrast"] });
  await page.emulateMedia({ colorScheme: own });
  return [...faults, ...others.map((fault) => `${other}: ${fault}`)];
}
