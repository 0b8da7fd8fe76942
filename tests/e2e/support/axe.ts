import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe-core finds serious or critical on the page as it is now: rule, element, reason. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated from outside, so the page's own policy against foreign scripts stays in force.
  await page.evaluate(axe.source);
  // What fades in is measured when it is there.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))));
  const results = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run(document));
  return results.violations
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .flatMap((one) =>
      one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}: ${node.failureSummary?.replaceAll(/\s+/g, " ")}`),
    );
}
