// What the accessibility checker finds on a page, WCAG 2.2 AA and its best practices.

import axe from "axe-core";

/**
 * The page's context must have been made with `bypassCSP: true`: the policy refuses the checker's
 * own styles, so it is lifted for the checker alone.
 */
export async function accessibilityFaults(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map(({ id, nodes }) => {
    const found = nodes.slice(0, 3).map((node) => `${node.html}: ${node.failureSummary}`);
    return `${id}: ${found.join("\n")}`;
  });
}
