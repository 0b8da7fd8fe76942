import { afterAll, beforeAll, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { addMember } from "../workspaces/workspaces.ts";

let t: TestApp;
let guest: Player;
let elsewhere: string;
beforeAll(async () => {
  t = await testApp();
  guest = await newcomer(t, "gast", "guest");
  elsewhere = (await t.call(t.cast.outsider, "GET", "/api/workspaces")).body.workspaces[0].id;
});
afterAll(() => t.close());

const all = () => `/api/workspaces/${t.workspace.id}/bots`;
const create = (body: object, who = t.cast.owner) => t.call(who, "POST", all(), { display_name: "Robo", ...body });
const me = (token: string) => t.call({ user: t.cast.owner.user, token }, "GET", "/api/me");
const membership = (bot: string, who: Player | undefined = t.cast.owner) =>
  t.call(who, "DELETE", `${all()}/${bot}/membership`);
const remove = (bot: string, who: Player | undefined = t.cast.owner) => t.call(who, "DELETE", `/api/bots/${bot}`);
const tail = async () =>
  (await t.call(t.cast.owner, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}&limit=1&include_tail=true`))
    .body.tail_cursor;
const eventsAfter = async (cursor: string) =>
  (await t.call(t.cast.owner, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}&after_cursor=${cursor}`)).body
    .events;

test("a manager makes a bot of the workspace, with a token that is shown once", async () => {
  const made = await create({ display_name: "Tidy", handle: "@Tidy", avatar_url: "https://example.com/tidy.png" });
  expect(made.status).toBe(201);
  expect(made.body.bot).toEqual({
    id: expect.stringMatching(/^usr_/),
    kind: "bot",
    display_name: "Tidy",
    handle: "tidy",
    avatar_url: "https://example.com/tidy.png",
    created_at: expect.any(String),
  });
  const { token, ...stored } = made.body.bot_token;
  expect(token).toMatch(/^ccb_/);
  expect(stored).toMatchObject({ name: "default", bot_user_id: made.body.bot.id, created_by: t.cast.owner.user.id });
  expect(stored.scopes).toContain("messages:write");
  expect(stored.owner_user_id).toBeUndefined();
  const { bots } = (await t.call(t.cast.member, "GET", all())).body;
  const listed = bots.find((one: { bot: { id: string } }) => one.bot.id === made.body.bot.id);
  expect(listed.tokens).toEqual([stored]);
  expect(JSON.stringify(bots)).not.toContain("ccb_");
  expect((await me(token)).body.user).toMatchObject({ id: made.body.bot.id, kind: "bot" });
});

test("without a token when told so, and a moderator may do it too", async () => {
  const made = await create({ initial_token: false }, t.cast.moderator);
  expect(made.status).toBe(201);
  expect(made.body.bot_token).toBeUndefined();
});

test("members make bots of their own, which work while they are members", async () => {
  const made = await create({ owner_user_id: t.cast.member.user.id, display_name: "Mine" }, t.cast.member);
  expect(made.status).toBe(201);
  expect(made.body.bot.owner_user_id).toBe(t.cast.member.user.id);
  expect(made.body.bot_token.owner_user_id).toBe(t.cast.member.user.id);
  const mine = await t.call(t.cast.member, "GET", "/api/me/bots");
  expect(mine.body.bots).toEqual([
    {
      bot: made.body.bot,
      workspace: { id: t.workspace.id, route_id: t.workspace.route_id, name: t.workspace.name },
      active_token_count: 1,
    },
  ]);
  expect((await t.call(t.cast.owner, "GET", "/api/me/bots")).body.bots).toEqual([]);
  const { token } = made.body.bot_token;
  const become = (role: string) =>
    t.db.write((tx) => tx.run("UPDATE workspace_members SET role = ? WHERE user_id = ?", role, t.cast.member.user.id));
  expect((await me(token)).status).toBe(200);
  await become("guest");
  expect((await me(token)).status).toBe(401);
  await become("member");
  expect((await me(token)).status).toBe(200);
  expect((await remove(made.body.bot.id, t.cast.member)).status).toBe(200);
});

test("making and listing bots is refused to everybody else", async () => {
  expect((await create({}, t.cast.member)).status).toBe(403);
  expect((await create({ owner_user_id: t.cast.owner.user.id }, t.cast.member)).status).toBe(403);
  expect((await create({ owner_user_id: t.cast.member.user.id }, t.cast.owner)).status).toBe(403);
  expect((await create({}, guest)).status).toBe(403);
  expect((await create({ owner_user_id: guest.user.id }, guest)).status).toBe(403);
  expect((await create({}, t.cast.bot)).status).toBe(403);
  expect((await create({}, t.cast.outsider)).status).toBe(404);
  expect((await t.call(undefined, "POST", all(), { display_name: "x" })).status).toBe(401);
  expect((await t.call(t.cast.owner, "POST", "/api/workspaces/wsp_none/bots", { display_name: "x" })).status).toBe(404);
  for (const [who, status] of [
    [t.cast.moderator, 200],
    [guest, 403],
    [t.cast.bot, 403],
    [t.cast.outsider, 404],
    [undefined, 401],
  ] as const)
    expect((await t.call(who, "GET", all())).status).toBe(status);
  expect((await t.call(t.cast.bot, "GET", "/api/me/bots")).status).toBe(403);
});

test("a bot that cannot be made leaves nothing behind", async () => {
  const count = async () => (await t.call(t.cast.owner, "GET", all())).body.bots.length;
  const before = await count();
  for (const body of [
    { display_name: "" },
    { display_name: "x".repeat(81) },
    { handle: "a" },
    { avatar_url: "javascript:alert(1)" },
    { scopes: ["everything"] },
    { scopes: [] },
    { token_name: " " },
    { setup_nonce: "short" },
  ])
    expect((await create(body)).status).toBe(400);
  expect((await create({ handle: "olivia" })).status).toBe(409);
  expect(await count()).toBe(before);
});

test("a setup nonce makes a lost answer good: the same rows, a fresh secret, nothing twice", async () => {
  const body = { display_name: "Again", handle: "again", setup_nonce: "nonce-of-sixteen-or-more" };
  const first = await create(body);
  const second = await create(body);
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body.bot).toEqual(first.body.bot);
  expect(second.body.bot_token.id).toBe(first.body.bot_token.id);
  expect(second.body.bot_token.token).not.toBe(first.body.bot_token.token);
  expect((await me(first.body.bot_token.token)).status).toBe(401);
  expect((await me(second.body.bot_token.token)).status).toBe(200);

  expect((await create({ ...body, display_name: "Other" })).status).toBe(409);
  // Nonces are a person's own.
  expect((await create({ ...body, handle: "again2" }, t.cast.moderator)).status).toBe(201);
  await t.call(t.cast.owner, "POST", `/api/bot-tokens/${first.body.bot_token.id}/revoke`, {});
  expect((await create(body)).status).toBe(409);
  const bare = { display_name: "Bare", setup_nonce: "another-nonce-of-enough", initial_token: false };
  const made = await create(bare);
  expect((await create(bare)).body).toEqual({ bot: made.body.bot });
  await membership(made.body.bot.id);
  expect((await create(bare)).status).toBe(409);
});

test("taking a bot out ends its tokens, menu and membership", async () => {
  const { bot, bot_token } = (await create({ display_name: "Goner", handle: "goner" })).body;
  const as = { user: bot, token: bot_token.token };
  await t.call(as, "PUT", "/api/bots/self/commands", { commands: [{ command: "/go", description: "Goes" }] });
  for (const [who, status] of [
    [t.cast.member, 403],
    [guest, 403],
    [t.cast.bot, 403],
    [t.cast.outsider, 404],
    [undefined, 401],
  ] as const)
    expect((await t.call(who, "DELETE", `${all()}/${bot.id}/membership`)).status).toBe(status);
  const cursor = await tail();
  expect((await membership(bot.id, t.cast.moderator)).status).toBe(204);
  expect((await eventsAfter(cursor)).map((one: { type: string; payload: object }) => [one.type, one.payload])).toEqual([
    ["member.left", { user_id: bot.id }],
  ]);
  expect((await me(bot_token.token)).status).toBe(401);
  const menu = (await t.call(t.cast.owner, "GET", `/api/workspaces/${t.workspace.id}/bot-commands`)).body.bot_commands;
  expect(menu.filter((one: { command: string }) => one.command === "/go")).toEqual([]);
  expect((await membership(bot.id)).status).toBe(404);
  expect((await membership(t.cast.member.user.id)).status).toBe(404);
});

test("a deleted bot frees its handle and stays the author of what it wrote", async () => {
  const { bot, bot_token } = (await create({ display_name: "Mortal", handle: "mortal" })).body;
  const sent = await t.call({ user: bot, token: bot_token.token }, "POST", `/api/channels/${t.general.id}/messages`, {
    body: "I was here",
  });
  for (const [who, status] of [
    [t.cast.member, 403],
    [guest, 403],
    [t.cast.bot, 403],
    [t.cast.outsider, 404],
    [undefined, 401],
  ] as const)
    expect((await t.call(who, "DELETE", `/api/bots/${bot.id}`)).status).toBe(status);
  const cursor = await tail();
  const gone = await remove(bot.id);
  expect(gone.status).toBe(200);
  expect(gone.body.deleted_bot).toEqual({
    id: bot.id,
    display_name: "Mortal",
    former_handle: "mortal",
    deleted_at: expect.any(String),
  });
  const { deleted_at } = gone.body.deleted_bot;
  const types = (await eventsAfter(cursor)).map((one: { type: string }) => one.type);
  expect(types).toEqual(["user.updated", "member.left"]);
  expect((await me(bot_token.token)).status).toBe(401);
  const { message } = (await t.call(t.cast.member, "GET", `/api/messages/${sent.body.message.id}`)).body;
  expect(message).toMatchObject({ body: "I was here" });
  expect(message.author).toMatchObject({ id: bot.id, handle: "", former_handle: "mortal", deleted_at });
  expect((await create({ handle: "mortal" })).status).toBe(201);
  expect((await remove(bot.id)).status).toBe(404);
  expect((await remove(t.cast.member.user.id)).status).toBe(404);
});

test("a bot of several workspaces is deleted by who manages all of them, or by whom it belongs to", async () => {
  const shared = (await create({ display_name: "Shared" })).body.bot;
  const own = (await create({ owner_user_id: t.cast.member.user.id }, t.cast.member)).body.bot;
  const at = new Date(t.clock.now()).toISOString();
  for (const bot of [shared, own]) await t.db.write((tx) => addMember(tx, elsewhere, bot, "bot", at));
  expect((await remove(shared.id, t.cast.owner)).status).toBe(403);
  expect((await remove(shared.id, t.cast.outsider)).status).toBe(403);
  await t.db.write((tx) => addMember(tx, elsewhere, t.cast.owner.user, "moderator", at));
  expect((await remove(shared.id, t.cast.owner)).status).toBe(200);
  expect((await remove(own.id, t.cast.moderator)).status).toBe(403);
  expect((await remove(own.id, t.cast.member)).status).toBe(200);
});

test("a workspace has room for a bounded number of bots", async () => {
  const own = await testApp();
  const { n } = (await own.db.read((tx) =>
    tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM workspace_members WHERE role = 'bot'"),
  )) ?? { n: 0 };
  await own.db.write(async (tx) => {
    for (let i = n; i < LIMITS.bots_per_workspace; i++) {
      const bot = { id: `usr_filler_${i}`, kind: "bot" as const, display_name: "F", handle: "", avatar_url: "" };
      await tx.run("INSERT INTO users (id, kind, display_name, created_at) VALUES (?, 'bot', 'F', '')", bot.id);
      await addMember(tx, own.workspace.id, { ...bot, created_at: "" }, "bot", "2026-05-08T12:00:00.000Z");
    }
  });
  const path = `/api/workspaces/${own.workspace.id}/bots`;
  expect((await own.call(own.cast.owner, "POST", path, { display_name: "One more" })).status).toBe(409);
  await own.close();
});
