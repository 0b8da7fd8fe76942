import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CLOSE, LIMITS } from "@clickclack/protocol";
import type { ClickClackEvent, Message } from "@clickclack/sdk";
import type { Browser } from "playwright-core";
import {
  composer,
  hasMark,
  leaveMark,
  live,
  log,
  messageId,
  post,
  readAll,
  rowOf,
  rowSaying,
  say,
  see,
} from "./support/app.ts";
import { complaints, launchBrowser, NO_SERVER, type Visitor } from "./support/browser.ts";
import { gather, GUEST, signIn, type Together } from "./support/cast.ts";
import { run, start, startServer, type Command } from "./support/executable.ts";
import { within } from "./support/log.ts";
import { sendOnce, startStorm, type Storm } from "./support/storm.ts";

setDefaultTimeout(120_000);

/** Enough to be in the middle of the work, and what the law asks to be on its way. */
const ACKNOWLEDGED_BEFORE = 300;
const OUTSTANDING = 100;

describe("a server killed in a storm of sends", () => {
  let browser: Browser;
  let all: Together;
  let tokens: string[];
  let storm: Storm;
  let terminal_send: Command;
  let stored: Message[];

  beforeAll(async () => {
    browser = await launchBrowser();
    all = await gather(browser);
    const abel = await signIn(all.server.url, GUEST);
    tokens = [all.client.token ?? "", abel.token ?? ""];
    for (const one of visitors()) await leaveMark(one.page);
  });
  afterAll(async () => {
    await all?.end();
    await browser?.close();
  });

  const visitors = (): Visitor[] => [all.ines, all.abel];
  const ready = async () => (await (await fetch(`${all.server.url}/readyz`)).json()) as { synchronous: string };
  const created = (events: ClickClackEvent[]) =>
    events.flatMap((event) => (event.type === "message.created" ? [event.payload.message_id] : []));
  const restart = async () => {
    all.server = await startServer(all.place, all.server.port);
  };

  test("is at work, and commits durably", async () => {
    expect(await ready()).toMatchObject({ synchronous: "FULL" });
    await post(all.ines.page, "Before the storm.");
    await see(rowSaying(log(all.abel.page), "Before the storm."));
  });

  test("dies while at least a hundred sends are outstanding", async () => {
    await composer(all.ines.page).fill("Written in the storm.");
    storm = startStorm(all.server.url, all.channel_id, tokens);
    // Somewhere between here and the kill, or after it: the outcome must be the same.
    const pressed = composer(all.ines.page).press("Enter");
    await storm.reaches(() => storm.acknowledged.size >= ACKNOWLEDGED_BEFORE && storm.outstanding() >= OUTSTANDING);
    const outstanding = storm.outstanding();
    await all.server.stop("SIGKILL");
    await storm.over;
    await pressed;
    expect(outstanding).toBeGreaterThanOrEqual(OUTSTANDING);
    expect(storm.acknowledged.size + storm.unacknowledged().length).toBe(storm.sent.size);
  });

  test("everybody notices, and goes on writing", async () => {
    for (const { page } of visitors()) await page.locator('.shell[data-connected="false"]').waitFor();
    await say(composer(all.abel.page), "Written in the dark.");
    await see(rowSaying(log(all.abel.page), "Written in the dark."));
    terminal_send = start(all.terminal.place, ["send", "--verbose", "Written blind."]);
    await terminal_send.stderr.until("a failed try", (line) => line.includes("failed"));
  });

  test("starts again on the same port and data, durable as before", async () => {
    await restart();
    expect(await ready()).toMatchObject({ synchronous: "FULL" });
    expect(all.server.claim_url).toBeUndefined();
  });

  test("stores what is sent again under its nonce once", async () => {
    const again = storm.unacknowledged();
    // Each by its author: a nonce is the author's own.
    const resend = (nonce: string) => sendOnce(all.server.url, all.channel_id, storm.sent.get(nonce) ?? "", nonce);
    const ids = await Promise.all(again.map(resend));
    again.forEach((nonce, index) => storm.acknowledged.set(nonce, ids[index] ?? ""));
    // What was acknowledged before is known, too, and not stored anew.
    for (const [nonce, id] of [...storm.acknowledged].slice(0, 50)) expect(await resend(nonce)).toBe(id);
  });

  test("sends what browser and terminal had waiting, once", async () => {
    expect((await terminal_send.ended).code).toBe(0);
    for (const { page } of visitors()) await live(page);
    await messageId(rowSaying(log(all.abel.page), "Written in the dark."));
  });

  test("has every acknowledged message and every nonce once, without a gap", async () => {
    stored = await readChannel();
    expect(stored.map((message) => message.channel_seq)).toEqual(stored.map((_, index) => index + 1));
    const bodies = stored.map((message) => message.body);
    const expected = [
      ...storm.sent.keys(),
      "Before the storm.",
      "Written in the storm.",
      "Written in the dark.",
      "Written blind.",
    ];
    expect(bodies.toSorted()).toEqual(expected.toSorted());
    const byBody = new Map(stored.map((message) => [message.body, message.id]));
    for (const [nonce, id] of storm.acknowledged) expect(byBody.get(nonce)).toBe(id);
  });

  test("every client has caught up by its cursor", async () => {
    const ids = stored.map((message) => message.id);
    const foreign = stored.filter((message) => message.author_id !== all.bot.user_id).map((message) => message.id);
    await all.bot.handled.settle("every message", () => all.bot.handled.items.length >= foreign.length);
    expect(all.bot.handled.items).toEqual(foreign);
    expect(all.bot.resyncs).toEqual([]);
    await all.tail.events.settle("every message", () => created(all.tail.events.items).length >= ids.length);
    expect(created(all.tail.events.items)).toEqual(ids);
    for (const { page } of visitors()) {
      await see(rowOf(log(page), ids.at(-1) ?? ""));
      expect(await page.locator("[data-nonce]").count()).toBe(0);
    }
    for (const read of await Promise.all(visitors().map(({ page }) => readAll(page)))) expect(read).toEqual(ids);
  });

  test("no page was reloaded or fetched its messages anew", async () => {
    for (const one of visitors()) {
      expect(await hasMark(one.page)).toBe(true);
      expect(one.loads()).toBe(1);
      expect(complaints(one, NO_SERVER)).toEqual([]);
      const sockets = one.asked.filter((line) => line.startsWith("SOCKET"));
      expect(sockets.at(-1)).toContain("after_cursor=cur_");
      // The first page of #general, when the client opened it, and never again.
      expect(one.asked.filter((line) => /GET \S+\/messages\?limit=\d+$/.test(line)).length).toBe(1);
    }
  });

  test("asked to stop, it says goodbye and is gone in time; everybody comes back", async () => {
    const socket = new WebSocket(
      `${all.server.url.replace("http", "ws")}/api/realtime/ws?workspace_id=${all.workspace_id}`,
      [`clickclack.bearer.${tokens[0]}`],
    );
    const closed = new Promise<number>((resolve) => (socket.onclose = (event) => resolve(event.code)));
    await new Promise((resolve) => (socket.onmessage = resolve));
    const { server } = all;
    expect(await within(LIMITS.shutdown_ms, "stopping", server.stop("SIGTERM"))).toBe(0);
    expect(await closed).toBe(CLOSE.going_away);
    expect(server.logged.items.filter((line) => line.level >= 50)).toEqual([]);

    for (const { page } of visitors()) await page.locator('.shell[data-connected="false"]').waitFor();
    await restart();
    for (const { page } of visitors()) await live(page);
    const id = (await run(all.terminal.place, ["send", "All is well.", "--plain"])).trim();
    for (const { page } of visitors()) await see(rowOf(log(page), id));
    await all.bot.handled.until("the last message", (one) => one === id);
    await all.tail.events.until(
      "the last message",
      (event) => event.type === "message.created" && event.payload.message_id === id,
    );
  });

  /** The whole channel, page by page, as a client reads it. */
  async function readChannel(): Promise<Message[]> {
    const messages: Message[] = [];
    for (let more = true; more;) {
      const page = await all.client.channels.messages(all.channel_id, {
        after_seq: messages.at(-1)?.channel_seq ?? 0,
        limit: 200,
      });
      messages.push(...page.messages);
      more = page.has_newer;
    }
    return messages;
  }
});
