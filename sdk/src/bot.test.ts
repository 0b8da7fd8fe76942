import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readCommand } from "./bot-message.ts";
import { ClickClackBot } from "./index.ts";
import type { ClickClackBotOptions } from "./index.ts";
import { errorAnswer, startTestServer } from "./test-server.ts";
import type { TestServer } from "./test-server.ts";

// Generous: it bounds a hang on a busy machine, no test measures time.
setDefaultTimeout(60_000);

const me = { id: "usr_bot", kind: "bot", display_name: "Pinch", handle: "pinch", avatar_url: "", created_at: "" };

let server: TestServer;
let bot: ClickClackBot | undefined;
afterEach(async () => {
  await bot?.stop();
  await server.stop();
});

interface Post {
  path: string;
  body: string;
  nonce: string;
}

/** A server that knows the bot, stores posts by nonce and says when one came. */
function startBotServer() {
  const posts: Post[] = [];
  server = startTestServer(async (request, url) => {
    if (url.pathname === "/api/me") return Response.json({ user: me });
    if (url.pathname === "/api/workspaces/wsp_1/bot-commands") {
      const entry = (id: string, command: string) => ({ id, command, bot: { id } });
      return Response.json({ bot_commands: [entry(me.id, "/deploy"), entry("usr_other", "/status")] });
    }
    if (url.pathname === "/api/bots/self/commands") return Response.json({ bot_commands: [{ command: "/status" }] });
    if (url.pathname === "/api/messages/by-nonce") {
      const found = posts.find((post) => post.nonce === url.searchParams.get("nonce"));
      return Response.json({ message: { id: "msg_stored", ...found } });
    }
    if (request.method === "GET" && url.pathname.startsWith("/api/messages/")) {
      return url.pathname.endsWith("gone")
        ? errorAnswer(404, "not_found", "gone")
        : Response.json({ message: message("msg_fetched", "fetched") });
    }
    if (request.method !== "POST") return undefined;
    const post = { path: url.pathname, ...((await request.json()) as { body: string; nonce: string }) };
    const stored = posts.find((other) => other.nonce === post.nonce);
    if (stored && stored.body !== post.body) return errorAnswer(409, "conflict", "the nonce was used");
    if (!stored) posts.push(post);
    return Response.json({ message: { id: "msg_new", body: post.body } }, { status: stored ? 200 : 201 });
  });
  return posts;
}

function message(id: string, body: string, fields: Record<string, unknown> = {}) {
  return { id, body, kind: "message", channel_id: "chn_1", author_id: "usr_2", thread_root_id: id, ...fields };
}

function hear(body: string, fields: Record<string, unknown> = {}, event: Record<string, unknown> = {}) {
  const text = message(`msg_${server.log.length}`, body, fields);
  const payload = { message_id: text.id, author_id: text.author_id, message: text };
  return server.append("message.created", payload, event);
}

/** Starts a bot that has handled everything so far when the returned function settles. */
async function startBot(options: Partial<ClickClackBotOptions>) {
  let wanted = "";
  let done: () => void = () => undefined;
  const saved: string[] = [];
  bot = new ClickClackBot({
    baseUrl: server.url,
    token: "ccb_1",
    workspaceId: "wsp_1",
    saveCursor(cursor) {
      saved.push(cursor);
      if (cursor >= wanted) done();
    },
    ...options,
  });
  await bot.start();
  const settled = () =>
    new Promise<void>((resolve) => {
      done = resolve;
      wanted = server.log.at(-1)?.cursor ?? "";
      if ((saved.at(-1) ?? "") >= wanted) resolve();
    });
  return { saved, settled };
}

describe("handlers", () => {
  test("each message reaches one handler; the bot's own, deleted and activity rows reach none", async () => {
    startBotServer();
    const heard: string[] = [];
    const { settled } = await startBot({
      afterCursor: "cur_00000000000000000000000000",
      onCommand: ({ name, args }) => heard.push(`command ${name} ${args}`),
      onMention: ({ body }) => heard.push(`mention ${body}`),
      onMessage: ({ body }) => heard.push(`message ${body}`),
    });
    hear("hello");
    hear("hello @pinch", {}, { mentioned_user_ids: [me.id] });
    hear("named but not mentioned: `@pinch`");
    hear("/status of another bot");
    hear("@other /deploy");
    hear("in private", { channel_id: undefined, direct_conversation_id: "dm_1" });
    hear("not @pinchers, not me@pinch", {}, { mentioned_user_ids: ["usr_3"] });
    hear("@pinch /deploy web now", {}, { mentioned_user_ids: [me.id] });
    hear("my own", { author_id: me.id });
    hear("thinking", { kind: "agent_commentary" });
    server.append("message.created", { message_id: "msg_big", author_id: "usr_2" });
    server.append("message.created", { message_id: "msg_gone", author_id: "usr_2" });
    await settled();
    expect(heard).toEqual([
      "message hello",
      "mention hello @pinch",
      "message named but not mentioned: `@pinch`",
      "message /status of another bot",
      "message @other /deploy",
      "message in private",
      "message not @pinchers, not me@pinch",
      "command /deploy web now",
      "message fetched",
    ]);
  });

  test("a bot that declares its commands hears those, and an onMention alone hears direct messages", async () => {
    startBotServer();
    const heard: string[] = [];
    const { settled } = await startBot({
      afterCursor: "cur_00000000000000000000000000",
      commands: [{ command: "/status", description: "Say how it goes" }],
      onCommand: ({ name }) => heard.push(name),
      onMention: ({ body }, { mentioned, addressed }) => heard.push(`${body} ${mentioned} ${addressed}`),
    });
    hear("/status");
    hear("/deploy");
    hear("just talk");
    hear("in private", { channel_id: undefined, direct_conversation_id: "dm_1" });
    await settled();
    expect(heard).toEqual(["/status", "in private false true"]);
  });

  test("a mention falls to onMessage when it has no handler of its own", async () => {
    startBotServer();
    const heard: string[] = [];
    const { settled } = await startBot({
      afterCursor: "cur_00000000000000000000000000",
      onMessage: ({ body }, { mentioned }) => heard.push(`${body} ${mentioned}`),
    });
    hear("/status @pinch", {}, { mentioned_user_ids: [me.id] });
    await settled();
    expect(heard).toEqual(["/status @pinch true"]);
  });
});

describe("replies", () => {
  test("go where the message was written, with nonces of the event", async () => {
    const posts = startBotServer();
    const { settled } = await startBot({
      afterCursor: "cur_00000000000000000000000000",
      onMessage: async (_message, { reply, replyInThread }) => {
        await reply("one");
        await replyInThread("two");
      },
    });
    const root = hear("in a channel");
    const reply = hear("in a thread", { parent_message_id: "msg_root", thread_root_id: "msg_root" });
    const dm = hear("in private", { channel_id: undefined, direct_conversation_id: "dm_1" });
    await settled();
    expect(posts.map(({ path, nonce }) => `${path} ${nonce}`)).toEqual([
      `/api/channels/chn_1/messages bot:${root.id}:1`,
      `/api/messages/msg_0/thread/replies bot:${root.id}:2`,
      `/api/messages/msg_root/thread/replies bot:${reply.id}:1`,
      `/api/messages/msg_root/thread/replies bot:${reply.id}:2`,
      `/api/dms/dm_1/messages bot:${dm.id}:1`,
      `/api/messages/msg_2/thread/replies bot:${dm.id}:2`,
    ]);
  });

  test("a handler that fails runs again, posts nothing twice, and is acknowledged only then", async () => {
    const posts = startBotServer();
    let runs = 0;
    const answers: string[] = [];
    const { settled, saved } = await startBot({
      afterCursor: "cur_00000000000000000000000000",
      onMessage: async (_message, { reply }) => {
        runs += 1;
        answers.push((await reply(`answer ${runs}`)).body);
        if (runs === 1) throw new Error("the power went out");
      },
    });
    const event = hear("hello");
    await settled();
    expect(runs).toBe(2);
    expect(posts.map((post) => post.body)).toEqual(["answer 1"]);
    expect(answers).toEqual(["answer 1", "answer 1"]);
    expect(saved).toEqual([event.cursor]);
  });
});

test("a bot starts once, and resumes after a stop where it left off", async () => {
  startBotServer();
  const heard: string[] = [];
  const { settled } = await startBot({
    afterCursor: "cur_00000000000000000000000000",
    onMessage: ({ body }) => heard.push(body),
  });
  expect(await bot?.start()).toBe((await bot?.start()) as never);
  hear("first");
  await settled();
  await bot?.stop();
  hear("while away");
  await bot?.start();
  await settled();
  expect(heard).toEqual(["first", "while away"]);
});

test("commands are read with and without the bot's name, and nothing else is one", () => {
  expect(readCommand("/Deploy web", "pinch")).toEqual({ name: "/deploy", args: "web" });
  expect(readCommand("@Pinch /status", "pinch")).toEqual({ name: "/status", args: "" });
  expect(readCommand("see /etc/passwd", "pinch")).toBeUndefined();
  expect(readCommand("/etc/passwd", "pinch")).toBeUndefined();
});
