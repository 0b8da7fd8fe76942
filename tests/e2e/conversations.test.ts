/** Private channels, direct messages, files, and what is unread, on the devices of two people. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { ClickClackClient } from "@clickclack/sdk";
import type { Browser, Page } from "playwright-core";
import { newPlace, type Place } from "../binary/program.ts";
import { composer, gone, live, log, press, rowSaying, say, see } from "./support/app.ts";
import { violations } from "./support/axe.ts";
import { complaints, launchBrowser, type Visitor, visitor } from "./support/browser.ts";
import { claim, GUEST, join, OWNER, signIn } from "./support/cast.ts";
import { type Server, startServer } from "./support/executable.ts";
import { PICTURE } from "./support/picture.ts";

setDefaultTimeout(120_000);

const sidebar = (page: Page) => page.getByRole("navigation", { name: "Channels and people" });
const channelRow = (page: Page, name: string) => sidebar(page).getByRole("link", { name });
const unread = (page: Page, name: string, count: number) =>
  channelRow(page, name).filter({ hasText: `${count} unread` });

describe("conversations", () => {
  let place: Place;
  let server: Server;
  let browser: Browser;
  let ines: Visitor;
  let phone: Visitor;
  let abel: Visitor;
  let client: ClickClackClient;
  let abel_client: ClickClackClient;
  let workspace_id: string;
  let general: string;
  beforeAll(async () => {
    place = newPlace();
    [browser, server] = await Promise.all([launchBrowser(), startServer(place)]);
    ines = await claim(browser, server);
    abel = await join(browser, ines);
    client = await signIn(server.url, OWNER);
    abel_client = await signIn(server.url, GUEST);
    workspace_id = (await client.workspaces.list()).workspaces[0]?.id ?? "";
    general = (await client.channels.list(workspace_id)).channels[0]?.id ?? "";
    phone = await visitor(browser);
    await phone.page.goto(`${server.url}/app`);
    await phone.page.getByLabel("E-mail or handle").fill(OWNER.email);
    await phone.page.getByLabel("Password").fill(OWNER.password);
    await phone.page.getByRole("button", { name: "Sign in" }).click();
    await live(phone.page);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    place?.remove();
  });

  test("a private channel exists for whoever is added, as long as they are in it", async () => {
    await sidebar(ines.page).getByRole("button", { name: "Add a channel" }).first().click();
    const dialog = ines.page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("deck");
    await press(dialog.getByRole("button", { name: "Only who is added" }));
    await dialog.getByRole("button", { name: "Add channel" }).click();
    await see(composer(ines.page, "deck"));
    await say(composer(ines.page, "deck"), "Only for those on deck.");
    await see(rowSaying(log(ines.page), "Only for those on deck."));
    expect(await channelRow(abel.page, "deck").count()).toBe(0);

    const deck = (await client.channels.list(workspace_id)).channels.find((one) => one.name === "deck");
    const abel_id = (await abel_client.me()).user.id;
    await client.channels.addMember(deck?.id ?? "", abel_id);
    await channelRow(abel.page, "deck").click();
    await see(rowSaying(log(abel.page), "Only for those on deck."));
    await see(abel.page.getByRole("region", { name: "#deck" }));

    await client.channels.removeMember(deck?.id ?? "", abel_id);
    await gone(channelRow(abel.page, "deck"));
    await see(abel.page.getByText("You are no longer in that channel."));
    await see(composer(abel.page, "general"));
  });

  test("people write to each other directly", async () => {
    await sidebar(abel.page)
      .getByRole("button", { name: /Ines Carvalho/ })
      .first()
      .click();
    await press(
      abel.page.getByRole("dialog", { name: "About Ines Carvalho" }).getByRole("button", { name: "Message" }),
    );
    const box = abel.page.getByRole("textbox", { name: "Message Ines Carvalho" });
    await say(box, "A word between us?");
    await see(rowSaying(abel.page.getByRole("log", { name: "Messages with Ines Carvalho" }), "A word between us?"));

    // Nobody has looked at it yet: both of her devices say so, and neither any more when one has.
    for (const { page } of [ines, phone]) await see(unread(page, "Abel Fontaine", 1));
    await channelRow(ines.page, "Abel Fontaine").click();
    await see(rowSaying(ines.page.getByRole("log", { name: "Messages with Abel Fontaine" }), "A word between us?"));
    for (const { page } of [ines, phone]) await gone(channelRow(page, "Abel Fontaine").getByText("unread"));
    await say(ines.page.getByRole("textbox", { name: "Message Abel Fontaine" }), "Any time.");
    await see(rowSaying(abel.page.getByRole("log", { name: "Messages with Ines Carvalho" }), "Any time."));
  });

  test("what is unread is marked on every device, and cleared on all of them", async () => {
    await abel_client.channels.sendMessage(general, "Morning.");
    for (const { page } of [ines, phone]) {
      await channelRow(page, "general").click();
      await see(rowSaying(log(page), "Morning."));
      await gone(channelRow(page, "general").locator(".badge"));
      // Looking at something else reads nothing.
      await channelRow(page, "deck").click();
      await see(composer(page, "deck"));
    }
    await abel_client.channels.sendMessage(general, "The tide turns at nine.");
    for (const { page } of [ines, phone]) await see(unread(page, "general", 1));
    await client.updateMe({ handle: "ines" });
    await abel_client.channels.sendMessage(general, "@ines, will you be there?");
    for (const { page } of [ines, phone]) await see(channelRow(page, "general").filter({ hasText: "1 mention" }));
    await channelRow(phone.page, "general").click();
    await see(log(phone.page).getByRole("separator").filter({ hasText: "New" }));
    for (const { page } of [ines, phone]) await gone(channelRow(page, "general").locator(".badge"));
    const after = (await client.channels.get(general)).channel;
    expect([after.unread_count, after.mention_count, after.last_read_seq]).toEqual([0, 0, after.last_seq]);
  });

  test("opening alone reads nothing that is not in sight", async () => {
    const { page } = phone;
    await channelRow(page, "deck").click();
    await see(composer(page, "deck"));
    // Another device of hers would read it as it comes.
    await channelRow(ines.page, "deck").click();
    await see(composer(ines.page, "deck"));
    for (let n = 1; n <= 50; n++) await abel_client.channels.sendMessage(general, `Sounding ${n}\n\nfathoms`);
    await see(unread(page, "general", 50));
    await channelRow(page, "general").click();
    await see(rowSaying(log(page), /Sounding 1$/m));
    await see(page.getByRole("button", { name: "Latest" }).or(page.getByRole("button", { name: /new$/ })));
    await see(unread(page, "general", 50));
    expect((await client.channels.get(general)).channel.unread_count).toBe(50);
    await composer(page).press("Escape");
    await see(rowSaying(log(page), "Sounding 50"));
    for (const one of [ines, phone]) await gone(channelRow(one.page, "general").locator(".badge"));
  });

  test("files are sent and shown", async () => {
    await channelRow(abel.page, "general").click();
    const form = abel.page.locator("form.composer");
    await form.locator('input[type="file"]').setInputFiles([
      { name: "harbour.png", mimeType: "image/png", buffer: PICTURE },
      { name: "tides.txt", mimeType: "text/plain", buffer: Buffer.from("high at nine\n".repeat(200)) },
      { name: "wrong.txt", mimeType: "text/plain", buffer: Buffer.from("no") },
    ]);
    await press(form.getByRole("button", { name: "Remove wrong.txt" }));
    await see(form.getByText("2.6 kB"));
    await form.getByRole("textbox").press("Enter");
    for (const { page } of [abel, phone]) {
      const row = rowSaying(log(page), "tides.txt");
      const picture = row.getByRole("img", { name: "harbour.png" });
      await see(picture);
      await page.waitForFunction((node) => (node as HTMLImageElement).naturalWidth > 0, await picture.elementHandle());
      await see(row.getByRole("link", { name: /^tides\.txt/ }));
      expect(await row.getByText("wrong.txt").count()).toBe(0);
    }
    const [opened] = await Promise.all([
      phone.context.waitForEvent("page"),
      rowSaying(log(phone.page), "tides.txt")
        .getByRole("link", { name: /^tides\.txt/ })
        .click(),
    ]);
    await see(opened.getByText("high at nine").first());
    await opened.close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing serious, ${colorScheme}`, async () => {
      const { page } = abel;
      await page.emulateMedia({ colorScheme });
      await see(rowSaying(log(page), "tides.txt"));
      await abel_client.channels.setNotificationSettings(general, colorScheme === "dark" ? "muted" : "all");
      expect(await violations(page)).toEqual([]);
      await sidebar(page)
        .getByRole("button", { name: /Ines Carvalho/ })
        .click();
      await see(page.getByRole("dialog", { name: "About Ines Carvalho" }));
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.locator('form.composer input[type="file"]').setInputFiles([
        { name: "harbour.png", mimeType: "image/png", buffer: PICTURE },
        { name: "empty.txt", mimeType: "text/plain", buffer: Buffer.from("") },
      ]);
      await see(page.getByRole("button", { name: "Remove harbour.png" }));
      expect(await violations(page)).toEqual([]);
      for (const name of ["harbour.png", "empty.txt"])
        await press(page.getByRole("button", { name: `Remove ${name}` }));
    });
  }

  test("nothing complained", () => {
    for (const one of [ines, phone, abel]) expect(complaints(one)).toEqual([]);
    expect(server.logged.items.filter((line) => line.level >= 50)).toEqual([]);
  });
});
