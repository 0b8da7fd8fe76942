import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { newPlace, type Place } from "../binary/program.ts";
import { act, actInMenu, gone, log, pane, rowOf, rowSaying, see } from "./support/app.ts";
import { violations } from "./support/axe.ts";
import { complaints, DESK, launchBrowser, PHONE, type Visitor, visitor } from "./support/browser.ts";
import { type Server, startServer } from "./support/executable.ts";
import { type Lively, startLively } from "./support/lively.ts";
import { longPress } from "./support/touch.ts";

setDefaultTimeout(120_000);

/** Nothing serious or critical, in both themes and at both widths; nothing the browser complains of. */
describe("accessibility", () => {
  let browser: Browser;
  let place: Lively;
  let new_place: Place;
  let unclaimed: Server;
  let invite: string;
  beforeAll(async () => {
    new_place = newPlace();
    [browser, place, unclaimed] = await Promise.all([launchBrowser(), startLively(), startServer(new_place)]);
    const made = await place.clients.get("sam")?.invites.create(place.workspace_id);
    invite = made?.invite.url ?? "";
  });
  afterAll(async () => {
    await browser?.close();
    await place?.end();
    await unclaimed?.stop("SIGKILL");
    new_place.remove();
  });

  async function look(one: Visitor, where: string): Promise<void> {
    expect({ where, found: await violations(one.page) }).toEqual({ where, found: [] });
  }
  async function leave(one: Visitor): Promise<void> {
    expect(complaints(one)).toEqual([]);
    await one.context.close();
  }
  async function closeDialog(page: Page): Promise<void> {
    await page.keyboard.press("Escape");
    await gone(page.getByRole("dialog"));
  }

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [width, screen] of [
      ["desk", DESK],
      ["phone", PHONE],
    ] as const) {
      const options = { ...screen, colorScheme };

      test(`the doors, ${colorScheme}, ${width}`, async () => {
        const stranger = await visitor(browser, options);
        const { page } = stranger;
        await page.goto(`${place.server.url}/app`);
        await page.getByLabel("E-mail or handle").fill("sam");
        await page.getByLabel("Password").fill("wrong horse");
        await look(stranger, "sign-in");
        await page.getByRole("button", { name: "Have a sign-in token?" }).click();
        await look(stranger, "sign-in with a token");
        await page.goto(invite);
        await see(page.getByRole("heading", { name: "Join Halyard" }));
        await look(stranger, "invite");
        await page.goto(unclaimed.claim_url ?? "");
        await see(page.getByLabel("Claim code"));
        await look(stranger, "setup");
        await leave(stranger);
      });

      test(`the timeline with a thread open, ${colorScheme}, ${width}`, async () => {
        const sam = await place.visit(browser, place.path("release"), options);
        await see(rowSaying(log(sam.page), "yours to press"));
        await look(sam, "timeline");
        await sam.page.goto(`${place.server.url}${place.path("release", place.root.id)}`);
        await see(rowSaying(pane(sam.page), "34 minutes to the nightly"));
        await look(sam, "thread");
        await leave(sam);
      });

      test(`dialogs, ${colorScheme}, ${width}`, async () => {
        const sam = await place.visit(browser, place.path("release"), options);
        const { page } = sam;
        await see(rowSaying(log(page), "yours to press"));
        const phone = width === "phone";
        const drawer = page.getByRole("dialog", { name: "Channels and people" });
        if (phone) {
          await page.getByRole("button", { name: "Channels and people" }).tap();
          await see(drawer);
          await look(sam, "drawer");
        }
        for (const name of ["Add a channel", "Invite people", "Shortcuts", "Create a workspace"]) {
          if (phone && !(await drawer.isVisible()))
            await page.getByRole("button", { name: "Channels and people" }).tap();
          await (phone ? drawer : page).getByRole("button", { name, exact: true }).first().click();
          await see(page.getByRole("dialog").filter({ has: page.getByRole("heading", { level: 2 }) }));
          await look(sam, name);
          await page.keyboard.press("Escape");
          await gone(page.getByRole("heading", { level: 2 }).and(page.locator(".dialog__title")));
        }
        if (phone && (await drawer.isVisible())) await closeDialog(page);
        await page.getByRole("button", { name: "Channel details" }).click();
        await see(page.getByRole("dialog"));
        await look(sam, "channel details");
        await closeDialog(page);
        const row = rowSaying(log(page), "yours to press");
        if (phone) {
          await longPress(page, row.getByText("yours to press"), page.getByRole("dialog", { name: "Message actions" }));
          await look(sam, "message sheet");
          await page.getByRole("button", { name: "Delete…" }).tap();
        } else {
          await act(row, "Add reaction");
          await see(page.getByRole("searchbox", { name: "Find an emoji" }));
          await look(sam, "emoji");
          await page.keyboard.press("Escape");
          await gone(page.getByRole("searchbox"));
          await act(row, "More actions");
          await see(page.getByRole("menu"));
          await look(sam, "message menu");
          await page.keyboard.press("Escape");
          await gone(page.getByRole("menu"));
          await actInMenu(row, "Delete…");
        }
        await see(page.getByRole("heading", { name: "Delete this message?" }));
        await look(sam, "deleting");
        await closeDialog(page);
        expect(await rowOf(log(page), (await row.getAttribute("data-message-id")) ?? "").isVisible()).toBe(true);
        await leave(sam);
      });
    }
  }
});
