import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { composer, gone, live, log, messageId, pane, rowOf, rowSaying, see } from "./support/app.ts";
import { complaints, launchBrowser, PHONE, type Visitor } from "./support/browser.ts";
import { type Lively, startLively } from "./support/lively.ts";
import { longPress, sideways } from "./support/touch.ts";

setDefaultTimeout(120_000);

describe("on a phone of 390 by 844", () => {
  let browser: Browser;
  let place: Lively;
  let sam: Visitor;
  let page: Page;
  beforeAll(async () => {
    [browser, place] = await Promise.all([launchBrowser(), startLively()]);
    sam = await place.visit(browser, place.path("general"), PHONE);
    page = sam.page;
  });
  afterAll(async () => {
    await browser?.close();
    await place?.end();
  });

  const drawer = () => page.getByRole("dialog", { name: "Channels and people" });
  const sheet = () => page.getByRole("dialog", { name: "Message actions" });
  async function fits(): Promise<void> {
    expect(await sideways(page)).toBe(0);
    expect(await page.evaluate(() => innerWidth)).toBe(390);
  }

  test("the drawer opens a channel", async () => {
    await page.getByRole("button", { name: "Channels and people" }).tap();
    await see(drawer());
    await fits();
    await drawer()
      .getByRole("link", { name: /^release/ })
      .tap();
    await gone(drawer());
    await see(page.getByRole("heading", { name: "release", level: 1 }));
    await see(rowSaying(log(page), "yours to press"));
    await fits();
  });

  test("wide things scroll by themselves, not the page", async () => {
    await rowSaying(log(page), "The flush now waits").locator("pre").scrollIntoViewIfNeeded();
    await fits();
    await rowSaying(log(page), "everything is green").locator("table").scrollIntoViewIfNeeded();
    await fits();
  });

  test("a thread fills the screen, and leads back", async () => {
    const root = rowOf(log(page), place.root.id);
    await root.scrollIntoViewIfNeeded();
    await root.getByRole("button", { name: /^Open the thread: 6 replies/ }).tap();
    await see(rowSaying(pane(page), "34 minutes to the nightly"));
    const box = await pane(page).boundingBox();
    expect([box?.x, box?.width]).toEqual([0, 390]);
    expect((box?.height ?? 0) + (box?.y ?? 0)).toBeGreaterThanOrEqual(843);
    await fits();
    await pane(page).getByRole("textbox", { name: "Reply" }).fill("Thank you all.");
    await pane(page).getByRole("button", { name: "Send" }).tap();
    await messageId(rowSaying(pane(page), "Thank you all."));
    await fits();
    await page.getByRole("button", { name: "Back to the channel" }).tap();
    await gone(pane(page));
  });

  test("a message is sent, and a long press opens what can be done with it", async () => {
    await composer(page, "release").fill("Pressing it at 14:10.");
    await page.getByRole("button", { name: "Send" }).tap();
    const id = await messageId(rowSaying(log(page), "Pressing it at 14:10."));
    const row = rowOf(log(page), id);
    await longPress(page, row.getByText("Pressing it at 14:10."), sheet());
    await fits();
    for (const name of ["Reply in thread", "Quote", "Edit", "Copy text", "Copy link", "Delete…"]) {
      await see(sheet().getByRole("button", { name, exact: true }));
    }
    await sheet().getByRole("button", { name: "React with 🦞" }).tap();
    await gone(sheet());
    await see(row.getByRole("button", { name: "🦞 1", exact: true, pressed: true }));
    const { message } = (await place.clients.get("ines")?.messages.get(id)) ?? {};
    expect(message?.reactions).toEqual([{ emoji: "🦞", count: 1, reacted_by_me: false }]);
  });

  test("the sheet edits", async () => {
    const row = rowSaying(log(page), "Pressing it at");
    await longPress(page, row.getByText("Pressing it at"), sheet());
    await sheet().getByRole("button", { name: "Edit", exact: true }).tap();
    const box = page.getByRole("textbox", { name: "Edit message" });
    await box.fill("Pressing it at 14:15.");
    await fits();
    await page.getByRole("button", { name: "Save" }).tap();
    await see(row.getByText("(edited)"));
  });

  test("what is touched is large enough", async () => {
    const small = await page.locator("button:visible, a:visible").evaluateAll((nodes) =>
      nodes
        // Links inside text are text.
        .filter((node) => !node.closest(".md") && !node.matches(".linkbtn"))
        .map((node) => ({
          name: node.getAttribute("aria-label") ?? node.textContent,
          box: node.getBoundingClientRect(),
        }))
        .filter(({ box }) => box.width < 24 || box.height < 24)
        .map(({ name, box }) => `${name}: ${box.width} × ${box.height}`),
    );
    expect(small).toEqual([]);
  });

  test("turned to the smallest width that is supported, it still fits", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await live(page);
    expect(await sideways(page)).toBe(0);
  });

  test("nothing complained", () => {
    expect(complaints(sam)).toEqual([]);
  });
});
