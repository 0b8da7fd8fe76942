/** The SDK against the server itself: what it sends is understood, and what it promises is what comes back. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { testServer } from "../../tests/support/test-server.ts";
import { ClickClackBot, ClickClackClient, ClickClackError } from "./index.ts";
import type { Channel, ClickClackEvent, Workspace } from "./index.ts";

// Generous: it bounds a hang on a busy machine, no test measures time.
setDefaultTimeout(60_000);

let server: Awaited<ReturnType<typeof testServer>>;
let owner: ClickClackClient;
let mia: ClickClackClient;
let workspace: Workspace;
let general: Channel;
let mia_id: string;

beforeAll(async () => {
  server = await testServer();
  owner = new ClickClackClient({ baseUrl: server.url });
  const token = new URL(server.claim_url ?? "").searchParams.get("token") ?? "";
  const person = { display_name: "Olivia", email: "olivia@example.com" };
  ({ workspace, channel: general } = await owner.auth.setup({ token, ...person, workspace_name: "Harbour" }));
  const { invite } = await owner.invites.create(workspace.id);
  mia = new ClickClackClient({ baseUrl: server.url });
  const newcomer = { display_name: "Mia", email: "mia@example.com", password: "correct horse battery" };
  mia_id = (await mia.invites.accept(invite.code, newcomer)).user.id;
  await mia.updateMe({ handle: "mia" });
});
afterAll(() => server.close());

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ClickClackError ? error.code : "no error";
}

describe("channels", () => {
  test("a private channel is there for those who were added, until they leave", async () => {
    const { channel } = await owner.channels.create(workspace.id, { name: "crew", kind: "private", purpose: "crew" });
    expect(await refusal(mia.channels.get(channel.id))).toBe("not_found");
    const added = await owner.channels.addMember(channel.id, mia_id);
    expect(added).toMatchObject({ member: { role: "member" }, event: { type: "channel.member_added" } });
    expect((await mia.channels.members(channel.id, { limit: 10 })).members).toHaveLength(2);
    expect((await mia.channels.get(channel.id)).channel).toMatchObject({ kind: "private", purpose: "crew" });
    expect(await mia.channels.leave(channel.id)).toMatchObject({ ok: true });
    expect(await refusal(mia.channels.get(channel.id))).toBe("not_found");
    await owner.channels.addMember(channel.id, mia_id);
    await owner.channels.removeMember(channel.id, mia_id);
    expect(await refusal(mia.channels.join(channel.id))).toBe("not_found");
  });

  test("a public channel is left and joined; what notifies is one's own", async () => {
    await mia.channels.leave(general.id);
    expect((await mia.channels.get(general.id)).channel.hidden).toBe(true);
    await mia.channels.join(general.id);
    expect((await mia.channels.get(general.id)).channel.hidden).not.toBe(true);
    expect(await mia.channels.setNotificationSettings(general.id, "mentions")).toEqual({ preference: "mentions" });
    expect(await mia.channels.notificationSettings(general.id)).toEqual({ preference: "mentions" });
    await mia.channels.setNotificationSettings(general.id, { preference: "all" });
  });

  test("markers move, and the list counts what is unread", async () => {
    const { message } = await owner.channels.sendMessage(general.id, "hello @mia");
    const listed = async () => (await mia.channels.list(workspace.id)).channels.find(({ id }) => id === general.id);
    expect(await listed()).toMatchObject({ unread_count: 1, mention_count: 1 });
    const seq = message.channel_seq ?? 0;
    expect((await mia.channels.markRead(general.id, seq)).receipt).toMatchObject({ unread_count: 0 });
    const { receipt, event } = await mia.channels.markUnread(general.id, seq);
    expect([receipt.last_read_seq, event?.type]).toEqual([seq - 1, "channel.read"]);
    await mia.channels.markRead(general.id, seq);
  });
});

describe("messages", () => {
  test("have a history, a route and pins", async () => {
    const { message } = await owner.channels.sendMessage(general.id, "frist");
    await owner.messages.update(message.id, "first");
    expect((await mia.messages.history(message.id)).revisions.map(({ body }) => body)).toEqual(["frist"]);
    const { route_id = "" } = (await mia.messages.ensureRoute(message.id)).message;
    const { route } = await mia.routes.resolve(workspace.route_id, route_id);
    expect(route).toMatchObject({ target_type: "thread", target_id: message.id, parent_id: general.id });
    expect((await mia.pins.add(general.id, message.id)).pinned_message.message_id).toBe(message.id);
    expect(await refusal(owner.pins.add(general.id, message.id))).toBe("conflict");
    expect((await owner.pins.list(general.id, { limit: 5 })).messages.map(({ id }) => id)).toEqual([message.id]);
    expect((await owner.pins.remove(general.id, message.id)).event.type).toBe("pin.removed");
  });

  test("are saved for oneself", async () => {
    const { message } = await owner.channels.sendMessage(general.id, "keep this");
    expect(await refusal(mia.saved.get(message.id))).toBe("not_found");
    const { saved, event } = await mia.saved.add(message.id);
    expect([saved.message_id, event?.type]).toEqual([message.id, "saved.added"]);
    expect((await mia.saved.add(message.id)).event).toBeUndefined();
    expect((await mia.saved.get(message.id)).saved).toEqual(saved);
    expect((await mia.saved.list(workspace.id, { limit: 5 })).saved).toMatchObject([{ message: { id: message.id } }]);
    expect((await owner.saved.list(workspace.id)).saved).toEqual([]);
    expect((await mia.saved.remove(message.id)).event?.type).toBe("saved.removed");
  });

  test("a frame without its message gets it, unless it is gone", async () => {
    const { message, event } = await owner.channels.sendMessage(general.id, "long");
    if (event?.type !== "message.created") throw new Error("a send answers its event");
    const bare: typeof event = { ...event, payload: { ...event.payload, message: undefined } };
    expect((await mia.events.withMessage(bare)).payload.message?.body).toBe("long");
    const gone = { ...bare, payload: { ...bare.payload, message_id: "msg_00000000000000000000000000" } };
    expect(await mia.events.withMessage(gone)).toBe(gone);
    const nobody = new ClickClackClient({ baseUrl: server.url });
    expect(await refusal(nobody.events.withMessage(bare))).toBe("unauthenticated");
    expect(message.nonce).toBeUndefined();
  });
});

test("threads are followed, read and listed", async () => {
  const { message: root } = await owner.channels.sendMessage(general.id, "root");
  expect((await mia.threads.follow(root.id)).receipt.following).toBe(true);
  const { message: reply } = await owner.threads.reply(root.id, { body: "reply", nonce: "r1" });
  const unread = async () => mia.threads.inbox(workspace.id, { filter: "unread", limit: 10 });
  expect(await unread()).toMatchObject({ threads: [{ root: { id: root.id }, unread_count: 1 }], unread_threads: 1 });
  expect((await mia.threads.markRead(root.id, reply.thread_seq ?? 0)).receipt.unread_count).toBe(0);
  expect((await unread()).threads).toEqual([]);
  expect((await mia.threads.markUnread(root.id, 1)).receipt.unread_count).toBe(1);
  expect((await mia.threads.unfollow(root.id)).receipt.following).toBe(false);
});

test("direct conversations are opened, written in, closed and found again", async () => {
  const { conversation } = await owner.dms.create(workspace.id, [mia_id]);
  expect((await mia.dms.create(workspace.id, [(await owner.me()).user.id])).conversation.id).toBe(conversation.id);
  const { message } = await owner.dms.sendMessage(conversation.id, { body: "lunch?", nonce: "d1" });
  expect((await mia.dms.list(workspace.id)).conversations).toMatchObject([{ id: conversation.id, unread_count: 1 }]);
  expect((await mia.dms.messages(conversation.id, { limit: 1 })).messages[0]?.id).toBe(message.id);
  await mia.dms.markRead(conversation.id, message.channel_seq ?? 0);
  expect((await mia.dms.markUnread(conversation.id, 1)).receipt.unread_count).toBe(1);
  expect(await mia.dms.close(conversation.id)).toEqual({ ok: true });
  expect((await mia.dms.list(workspace.id)).conversations).toEqual([]);
  expect((await mia.dms.get(conversation.id)).conversation.hidden).toBe(true);
  expect((await mia.dms.open(conversation.id)).conversation.id).toBe(conversation.id);
  const typing = { workspaceId: workspace.id, directConversationId: conversation.id, type: "typing.started" } as const;
  expect((await mia.events.publishEphemeral(typing)).event.payload).toMatchObject({
    direct_conversation_id: conversation.id,
  });
});

describe("bots", () => {
  test("are made, listed, given tokens and setup codes, and end", async () => {
    const { bot, bot_token } = await owner.bots.create(workspace.id, { display_name: "Peek", scopes: ["bot:read"] });
    expect(bot_token?.token).toStartWith("ccb_");
    const made = await owner.bots.createWorkspaceToken(workspace.id, bot.id, { name: "second" });
    await owner.bots.createToken(bot.id, { name: "third" });
    const { setup_code } = await owner.bots.createSetupCode(workspace.id, bot.id, { name: "gateway" });
    const nobody = new ClickClackClient({ baseUrl: server.url });
    const claim = await nobody.bots.claimSetupCode(setup_code.code.toLowerCase());
    expect(claim).toMatchObject({ bot: { id: bot.id }, workspace: { id: workspace.id } });
    expect(await refusal(nobody.bots.claimSetupCode(setup_code.code))).toBe("not_found");
    const { bot_tokens } = await owner.bots.listWorkspaceTokens(workspace.id, bot.id);
    expect(bot_tokens).toHaveLength(4);
    expect((await owner.bots.listTokens(bot.id)).bot_tokens).toEqual(bot_tokens);
    expect((await owner.bots.revokeToken(made.bot_token.id)).bot_token.revoked_at).toBeString();
    expect((await owner.bots.list(workspace.id)).bots.map((entry) => entry.bot.id)).toContain(bot.id);
    expect((await owner.bots.listMine()).bots).toEqual([]);
    expect(await owner.bots.removeMembership(workspace.id, bot.id)).toBeUndefined();
    const { bot: other } = await owner.bots.create(workspace.id, { display_name: "Short", initial_token: false });
    expect((await owner.bots.delete(other.id)).deleted_bot.id).toBe(other.id);
  });

  test("hear commands, mentions and direct messages, and answer where they were asked", async () => {
    const made = await owner.bots.create(workspace.id, { display_name: "Pinch", handle: "pinch" });
    const heard: string[] = [];
    let wanted = "";
    let done: () => void = () => undefined;
    const bot = new ClickClackBot({
      baseUrl: server.url,
      token: made.bot_token?.token,
      workspaceId: workspace.id,
      commands: [{ command: "/deploy", description: "Deploy" }],
      onCommand: ({ name, args }, _message, { reply }) => {
        heard.push(`command ${name} ${args}`);
        return reply("deployed, @pinch");
      },
      onMention: ({ body }, { replyInThread }) => {
        heard.push(`mention ${body}`);
        return replyInThread("yes?");
      },
      onMessage: ({ body }, { addressed, reply }) => {
        heard.push(`message ${body} ${addressed}`);
        return addressed ? reply("at your service") : undefined;
      },
      saveCursor(cursor) {
        if (wanted !== "" && cursor >= wanted) done();
      },
    });
    await bot.start();
    const { conversation } = await mia.dms.create(workspace.id, [made.bot.id]);
    await mia.channels.sendMessage(general.id, "/deploy web");
    const mention = await mia.channels.sendMessage(general.id, "are you there, @pinch?");
    await mia.channels.sendMessage(general.id, "`@pinch` in code");
    const last = await mia.dms.sendMessage(conversation.id, "psst");
    await new Promise<void>((resolve) => {
      done = resolve;
      wanted = last.event?.cursor ?? "";
      if ((bot.cursor ?? "") >= wanted) resolve();
    });
    await bot.stop();
    expect(heard).toEqual([
      "command /deploy web",
      "mention are you there, @pinch?",
      "message `@pinch` in code false",
      "message psst true",
    ]);
    const { replies } = await mia.threads.get(mention.message.id);
    expect(replies.map(({ body }) => body)).toEqual(["yes?"]);
    const { messages } = await mia.dms.messages(conversation.id);
    expect(messages.map(({ body }) => body)).toEqual(["psst", "at your service"]);
    const menu = await mia.bots.listCommands(workspace.id);
    expect(menu.bot_commands).toMatchObject([{ command: "/deploy", bot: { handle: "pinch" } }]);
  });
});

test("the log's events carry what the stream's do", async () => {
  const { events } = await owner.events.list({ workspaceId: workspace.id, limit: 500 });
  const types = new Set(events.map((event: ClickClackEvent) => event.type));
  expect([...types]).toEqual(expect.arrayContaining(["message.created", "channel.created", "pin.added"]));
});
