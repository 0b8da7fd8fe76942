import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { ClickClackEvent, Message } from "@clickclack/sdk";
import type { Browser, Page } from "playwright-core";
import {
  act,
  actInMenu,
  composer,
  gone,
  hasMark,
  leaveMark,
  log,
  pane,
  post,
  press,
  readAll,
  reply,
  rowOf,
  rowSaying,
  say,
  see,
} from "./support/app.ts";
import { complaints, launchBrowser } from "./support/browser.ts";
import { gather, isPresence, type Together } from "./support/cast.ts";
import { run } from "./support/executable.ts";

setDefaultTimeout(120_000);

/** What happens on one screen, in a terminal or in a bot is seen by all four, in order, without a reload. */
describe("together", () => {
  let browser: Browser;
  let all: Together;
  beforeAll(async () => {
    browser = await launchBrowser();
    all = await gather(browser);
    for (const { page } of [all.ines, all.abel]) await leaveMark(page);
  });
  afterAll(async () => {
    await all?.end();
    await browser?.close();
  });

  const pages = (): Page[] => [all.ines.page, all.abel.page];
  /** The bot and the terminal have it too. */
  async function heard(what: string, fits: (event: ClickClackEvent) => boolean): Promise<void> {
    await all.bot.events.until(what, fits);
    await all.tail.events.until(what, fits);
  }
  const about = (type: string, message_id: string) => (event: ClickClackEvent) =>
    event.type === type && "message_id" in event.payload && event.payload.message_id === message_id;
  async function seenByAll(text: string): Promise<void> {
    for (const page of pages()) await see(rowSaying(log(page), text));
    await heard(text, (event) => event.type === "message.created" && event.payload.message?.body === text);
  }
  const cli = (...args: string[]) => run(all.terminal.place, args);
  const stored = async (message_id: string): Promise<Message> => (await all.client.messages.get(message_id)).message;

  test("a message from each of them reaches everybody", async () => {
    await post(all.ines.page, "Morning. The freeze starts at four.");
    await seenByAll("Morning. The freeze starts at four.");
    await post(all.abel.page, "Noted, thank you.");
    await seenByAll("Noted, thank you.");
    await cli("send", "From a terminal in the harbour.");
    await seenByAll("From a terminal in the harbour.");
    await post(all.abel.page, "@pinch are you there?");
    await seenByAll("Aye, Abel Fontaine.");
  });

  test("a thread is followed by everybody", async () => {
    const root_id = await post(all.ines.page, "Who watches the pumps tonight?");
    await see(rowOf(log(all.abel.page), root_id));
    await act(rowOf(log(all.abel.page), root_id), "Reply in thread");
    const first_id = await reply(all.abel.page, "I do, until midnight.");
    await heard("Abel's reply", about("thread.reply_created", first_id));
    await rowOf(log(all.ines.page), root_id)
      .getByRole("button", { name: /^Open the thread: 1 reply/ })
      .click();
    await see(rowSaying(pane(all.ines.page), "I do, until midnight."));

    // Both panes are open now: what comes next appears in them.
    const second_id = (await cli("threads", "reply", root_id, "And I after that.", "--plain")).trim();
    for (const page of pages()) {
      await see(rowOf(pane(page), second_id).filter({ hasText: "And I after that." }));
      await see(rowOf(log(page), root_id).getByText("2 replies"));
    }
    await heard("Jun's reply", about("thread.reply_created", second_id));
    await see(rowSaying(pane(all.ines.page), "Jun Sato"));
    for (const page of pages()) {
      await page.keyboard.press("Escape");
      await gone(pane(page));
    }
  });

  test("reactions are counted for everybody and coloured for their owner", async () => {
    const message_id = (await cli("send", "Tide tables are in.", "--plain")).trim();
    const chip = (page: Page, count: number, mine: boolean) =>
      rowOf(log(page), message_id).getByRole("button", { name: `✅ ${count}`, exact: true, pressed: mine });
    const [ines, abel] = [all.ines.page, all.abel.page];
    await act(rowOf(log(ines), message_id), "React with ✅");
    await see(chip(ines, 1, true));
    await see(chip(abel, 1, false));
    await chip(abel, 1, false).click();
    for (const page of pages()) await see(chip(page, 2, true));
    await chip(ines, 2, true).click();
    await see(chip(ines, 1, false));
    await see(chip(abel, 1, true));
    await act(rowOf(log(ines), message_id), "Add reaction");
    await press(ines.getByRole("button", { name: "lobster", exact: false }).first());
    for (const page of pages()) await see(rowOf(log(page), message_id).getByRole("button", { name: "🦞 1" }));
    const counts = (events: ClickClackEvent[]) =>
      events.flatMap((event) =>
        (event.type === "reaction.added" || event.type === "reaction.removed") &&
        event.payload.message_id === message_id
          ? [`${event.type} ${event.payload.emoji} ${event.payload.count}`]
          : [],
      );
    const expected = ["reaction.added ✅ 1", "reaction.added ✅ 2", "reaction.removed ✅ 1", "reaction.added 🦞 1"];
    await heard("the lobster", (event) => event.type === "reaction.added" && event.payload.emoji === "🦞");
    expect(counts(all.bot.events.items)).toEqual(expected);
    expect(counts(all.tail.events.items)).toEqual(expected);
  });

  test("an edit is seen by everybody", async () => {
    const message_id = await post(all.ines.page, "We sail at nine.");
    await seenByAll("We sail at nine.");
    await actInMenu(rowOf(log(all.ines.page), message_id), "Edit");
    await say(rowOf(log(all.ines.page), message_id).getByRole("textbox", { name: "Edit message" }), "We sail at ten.");
    for (const page of pages())
      await see(rowOf(log(page), message_id).filter({ hasText: "We sail at ten." }).getByText("(edited)"));
    const edited = (event: ClickClackEvent) =>
      event.type === "message.updated" && event.payload.message?.body === "We sail at ten.";
    await heard("the edit", edited);
  });

  test("a deletion is seen by everybody, and takes the words along", async () => {
    const message_id = await post(all.abel.page, "The safe's number is 4711.");
    await seenByAll("The safe's number is 4711.");
    await actInMenu(rowOf(log(all.abel.page), message_id), "Delete…");
    await all.abel.page.getByRole("dialog").getByRole("button", { name: "Delete message" }).click();
    for (const page of pages()) {
      await see(rowOf(log(page), message_id).getByText("Message deleted."));
      // The region read aloud says what arrived for another moment.
      await page.waitForFunction(() => !document.documentElement.innerHTML.includes("4711"));
    }
    await heard("the deletion", about("message.deleted", message_id));
    expect((await stored(message_id)).body).toBe("");
  });

  test("typing shows to others and never to its author", async () => {
    const line = (page: Page) => page.getByText("Ines Carvalho is typing");
    await composer(all.ines.page).pressSequentially("Let me th");
    await see(line(all.abel.page));
    const typing = (event: ClickClackEvent) => event.type === "typing.started";
    await all.bot.events.until("typing", typing);
    expect(await line(all.ines.page).count()).toBe(0);
    await composer(all.ines.page).fill("");
    await gone(line(all.abel.page));
  });

  test("presence follows the first and the last connection", async () => {
    const here = (page: Page) => page.getByRole("navigation", { name: "Channels and people" }).getByText("Jun Sato");
    for (const page of pages()) await see(here(page));
    const { code } = await all.tail.stop("SIGINT");
    expect(code).toBe(0);
    for (const page of pages()) await gone(here(page));
    await all.bot.events.until("Jun's leaving", isPresence(all.terminal.user_id, "offline"));
  });

  test("everybody has the same order, which is the channel's sequence", async () => {
    const { messages, has_older } = await all.client.channels.messages(all.channel_id, { limit: 200 });
    expect(has_older).toBe(false);
    expect(messages.map((message) => message.channel_seq)).toEqual(messages.map((_, index) => index + 1));
    const ids = messages.map((message) => message.id);
    for (const page of pages()) expect(await readAll(page)).toEqual(ids);
    const created = (events: ClickClackEvent[]) =>
      events.flatMap((event) => (event.type === "message.created" ? [event.payload.message_id] : []));
    expect(created(all.bot.events.items)).toEqual(ids);
    expect(created(all.tail.events.items)).toEqual(ids);
  });

  test("nothing was reloaded, and nothing complained", async () => {
    for (const visitor of [all.ines, all.abel]) {
      expect(await hasMark(visitor.page)).toBe(true);
      expect(visitor.loads()).toBe(1);
      expect(complaints(visitor)).toEqual([]);
    }
    expect(all.bot.resyncs).toEqual([]);
    expect(all.server.logged.items.filter((line) => line.level >= 50)).toEqual([]);
  });
});
