import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { newPlace, type Place } from "../binary/program.ts";
import { composer, log, pane, rowSaying, see } from "./support/app.ts";
import { complaints, DESK, launchBrowser, PHONE, PLAIN_HTTP, type Visitor, visitor } from "./support/browser.ts";
import { type Server, startServer } from "./support/executable.ts";
import { type Lively, NOW, startLively } from "./support/lively.ts";
import { type Album, COMMITTED, openAlbum } from "./support/pictures.ts";
import { longPress } from "./support/touch.ts";

setDefaultTimeout(120_000);

const HOST = "chat.halyard.example";
const NEW_HOST = "clickclack.localhost";

/** The pictures of the documentation. `CLICKCLACK_UPDATE_IMAGES=1` replaces the committed ones. */
describe("pictures", () => {
  let browser: Browser;
  let place: Lively;
  let new_place: Place;
  let unclaimed: Server;
  let album: Album;
  beforeAll(async () => {
    album = openAlbum();
    new_place = newPlace();
    [place, unclaimed] = await Promise.all([startLively(), startServer(new_place)]);
    // The names are in the pictures; ports that change with each run are not.
    browser = await launchBrowser({ [HOST]: place.server.port, [NEW_HOST]: unclaimed.port });
  });
  afterAll(async () => {
    album?.close();
    await browser?.close();
    await place?.end();
    await unclaimed?.stop("SIGKILL");
    new_place.remove();
  });

  async function asSam(path: string, options: BrowserContextOptions): Promise<Visitor> {
    const sam = await place.visit(browser, path, options);
    await sam.page.clock.setFixedTime(NOW);
    await sam.page.reload();
    await sam.page.locator('.shell[data-connected="true"]').waitFor();
    await see(rowSaying(log(sam.page), "yours to press"));
    return sam;
  }
  async function typing(one: Visitor): Promise<void> {
    const channel_id = place.channels.get("release")?.id ?? "";
    await place.clients
      .get("priya")
      ?.events.publishEphemeral({ workspace_id: place.workspace_id, channel_id, type: "typing.started" });
    await see(one.page.getByText("Priya Raman is typing"));
  }
  async function leave(one: Visitor): Promise<void> {
    expect(complaints(one, PLAIN_HTTP)).toEqual([]);
    await one.context.close();
  }

  for (const colorScheme of ["light", "dark"] as const) {
    test(`the app, ${colorScheme}`, async () => {
      const sam = await asSam(place.path("release", place.root.id), { ...DESK, colorScheme });
      await see(rowSaying(pane(sam.page), "34 minutes to the nightly"));
      await composer(sam.page, "release").fill("Pressing it at 14:10, after the Antwerp handover. Rollback is");
      await typing(sam);
      await rowSaying(log(sam.page), "spinning disk").hover();
      await album.take(sam.page, `app-${colorScheme}`);
      await leave(sam);
    });

    test(`the doors, ${colorScheme}`, async () => {
      const stranger = await visitor(browser, { ...DESK, colorScheme });
      const { page } = stranger;
      await page.goto(`http://${HOST}/app`);
      await page.getByLabel("E-mail or handle").fill("sam@halyard.example");
      await album.take(page, `signin-${colorScheme}`);
      await page.goto(`http://${NEW_HOST}/setup?token=stp_b1xv7qjzm4c0kd9rhw2nsy6tf3`);
      await page.getByLabel("Your name").fill("Sam Adeyemi");
      await page.getByLabel("E-mail").fill("sam@halyard.example");
      await page.getByLabel("Workspace", { exact: true }).fill("Halyard");
      await album.take(page, `setup-${colorScheme}`);
      await leave(stranger);
    });

    test(`the phone, ${colorScheme}`, async () => {
      const options = { ...PHONE, colorScheme };
      const channel = await asSam(place.path("release"), options);
      await typing(channel);
      await album.take(channel.page, `phone-channel-${colorScheme}`);
      const row = rowSaying(log(channel.page), "yours to press");
      const sheet = channel.page.getByRole("dialog", { name: "Message actions" });
      await longPress(channel.page, row.getByText("yours to press"), sheet);
      await album.take(channel.page, `phone-sheet-${colorScheme}`);
      await leave(channel);

      const drawer = await asSam(place.path("release"), options);
      await drawer.page.getByRole("button", { name: "Channels and people" }).tap();
      await see(drawer.page.getByRole("dialog", { name: "Channels and people" }));
      await album.take(drawer.page, `phone-drawer-${colorScheme}`);
      await leave(drawer);

      const thread = await asSam(place.path("release", place.root.id), options);
      await see(rowSaying(pane(thread.page), "34 minutes to the nightly"));
      await album.take(thread.page, `phone-thread-${colorScheme}`);
      await leave(thread);
    });
  }

  test("each of them is in the documentation, and no other", () => {
    expect(existsSync(COMMITTED) ? readdirSync(COMMITTED).toSorted() : []).toEqual(album.names());
  });
});
