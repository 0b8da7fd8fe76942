import { afterAll, beforeAll, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { nextTurn } from "../../lib/turn.ts";
import { addMember } from "../workspaces/workspaces.ts";

let t: TestApp;
let guest: Player;
let keeper: Player;
let service: string;
let personal: string;
beforeAll(async () => {
  t = await testApp();
  guest = await newcomer(t, "gast", "guest");
  keeper = await newcomer(t, "keeper", "member");
  const make = async (who: Player, body: object) =>
    (await t.call(who, "POST", `/api/workspaces/${t.workspace.id}/bots`, { ...body, initial_token: false })).body.bot
      .id;
  service = await make(t.cast.owner, { display_name: "Service" });
  personal = await make(keeper, { display_name: "Personal", owner_user_id: keeper.user.id });
});
afterAll(() => t.close());

const path = (bot: string) => `/api/workspaces/${t.workspace.id}/bots/${bot}/tokens`;
const mint = (bot: string, who: Player | undefined = t.cast.owner, body: object = {}) =>
  t.call(who, "POST", path(bot), body);
const revoke = (id: string, who: Player | undefined = t.cast.owner) =>
  t.call(who, "POST", `/api/bot-tokens/${id}/revoke`);
const me = (token: string) => t.call({ user: t.cast.owner.user, token }, "GET", "/api/me");

test("managers make tokens for every bot, people for their own; scopes are expanded and sorted", async () => {
  const made = await mint(service, t.cast.moderator, { name: "ci", scopes: ["agent_activity:write", "bot:read"] });
  expect(made.status).toBe(201);
  expect(made.body.bot_token).toMatchObject({ name: "ci", bot_user_id: service, workspace_id: t.workspace.id });
  const { scopes } = made.body.bot_token;
  expect(scopes).toEqual([
    "agent_activity:write",
    "channels:read",
    "dms:read",
    "messages:read",
    "profile:read",
    "realtime:read",
    "threads:read",
    "workspaces:read",
  ]);
  expect((await me(made.body.bot_token.token)).status).toBe(200);
  expect((await mint(personal, keeper)).body.bot_token.owner_user_id).toBe(keeper.user.id);
  expect((await mint(personal, t.cast.owner)).status).toBe(201);
});

test("others do not", async () => {
  for (const [who, status] of [
    [keeper, 403],
    [t.cast.member, 403],
    [guest, 403],
    [t.cast.bot, 403],
    [t.cast.outsider, 404],
    [undefined, 401],
  ] as const) {
    expect((await t.call(who, "POST", path(service), {})).status).toBe(status);
    expect((await t.call(who, "POST", `/api/bots/${service}/tokens`, {})).status).toBe(status);
  }
  expect((await mint(personal, t.cast.member)).status).toBe(403);
  expect((await mint(t.cast.member.user.id)).status).toBe(404);
  expect((await mint("usr_nobody")).status).toBe(404);
  expect((await mint(service, t.cast.owner, { scopes: ["root"] })).status).toBe(400);
  expect((await mint(service, t.cast.owner, { name: "x".repeat(81) })).status).toBe(400);
});

test("members see tokens without their secrets, first those that work", async () => {
  const first = (await mint(service, t.cast.owner, { name: "first" })).body.bot_token;
  const second = (await mint(service, t.cast.owner, { name: "second" })).body.bot_token;
  await revoke(first.id);
  const list = await t.call(t.cast.member, "GET", path(service));
  const names = list.body.bot_tokens.map((one: { name: string; revoked_at?: string }) => [one.name, !!one.revoked_at]);
  expect(names).toEqual([
    ["second", false],
    ["ci", false],
    ["first", true],
  ]);
  expect(JSON.stringify(list.body)).not.toContain(second.token);
  const legacy = await t.call(t.cast.member, "GET", `/api/bots/${service}/tokens`);
  expect(legacy.body).toEqual(list.body);
  for (const [who, status] of [
    [guest, 403],
    [t.cast.bot, 403],
    [t.cast.outsider, 404],
    [undefined, 401],
  ] as const) {
    expect((await t.call(who, "GET", path(service))).status).toBe(status);
    expect((await t.call(who, "GET", `/api/bots/${service}/tokens`)).status).toBe(status);
  }
});

test("the older routes want a bot of one workspace, and tell strangers nothing", async () => {
  const elsewhere = (await t.call(t.cast.outsider, "GET", "/api/workspaces")).body.workspaces[0].id;
  const { bot } = (
    await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/bots`, { display_name: "Wanderer" })
  ).body;
  const legacy = `/api/bots/${bot.id}/tokens`;
  expect((await t.call(t.cast.owner, "POST", legacy, { name: "one" })).status).toBe(201);
  await t.db.write((tx) => addMember(tx, elsewhere, bot, "bot", "2026-05-08T12:00:00.000Z"));
  expect((await t.call(t.cast.owner, "POST", legacy, { name: "two" })).status).toBe(400);
  expect((await t.call(t.cast.member, "GET", legacy)).status).toBe(400);
  expect((await t.call(await newcomerElsewhere(), "GET", legacy)).status).toBe(404);
});

/** Signed in, and in no workspace at all. */
async function newcomerElsewhere(): Promise<Player> {
  const stranger = await newcomer(t, "stranger", "member");
  await t.db.write((tx) => tx.run("DELETE FROM workspace_members WHERE user_id = ?", stranger.user.id));
  return stranger;
}

test("a setup nonce makes one token, however often it is asked for", async () => {
  const body = { name: "lost", setup_nonce: "a-nonce-for-one-token" };
  const first = await mint(service, t.cast.owner, body);
  const again = await mint(service, t.cast.owner, body);
  expect([first.status, again.status]).toEqual([201, 200]);
  expect(again.body.bot_token.id).toBe(first.body.bot_token.id);
  expect((await me(first.body.bot_token.token)).status).toBe(401);
  expect((await me(again.body.bot_token.token)).status).toBe(200);
  expect((await mint(service, t.cast.owner, { ...body, scopes: ["bot:admin"] })).status).toBe(409);
  expect((await mint(personal, t.cast.owner, body)).status).toBe(409);
  const bot = { display_name: "Lost", setup_nonce: body.setup_nonce };
  expect((await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/bots`, bot)).status).toBe(409);
  await revoke(first.body.bot_token.id);
  expect((await mint(service, t.cast.owner, body)).status).toBe(409);
});

test("two repetitions at once agree on one token", async () => {
  const body = { name: "twice", setup_nonce: "a-nonce-sent-at-once-twice" };
  const answers = await Promise.all([1, 2, 3].map(() => mint(service, t.cast.owner, body)));
  expect(answers.map((one) => one.status).sort()).toEqual([200, 200, 201]);
  expect(new Set(answers.map((one) => one.body.bot_token.id)).size).toBe(1);
  const working = await Promise.all(answers.map((one) => me(one.body.bot_token.token)));
  expect(working.map((one) => one.status).sort()).toEqual([200, 401, 401]);
});

test("a token is revoked once, by managers and by whom the bot belongs to", async () => {
  const one = (await mint(personal, keeper)).body.bot_token;
  for (const [who, status] of [
    [t.cast.member, 403],
    [guest, 403],
    [t.cast.bot, 403],
    [t.cast.outsider, 404],
    [undefined, 401],
  ] as const)
    expect((await t.call(who, "POST", `/api/bot-tokens/${one.id}/revoke`)).status).toBe(status);
  expect((await me(one.token)).status).toBe(200);
  const revoked = await revoke(one.id, keeper);
  expect(revoked.status).toBe(200);
  const { id, revoked_at } = revoked.body.bot_token;
  expect([id, typeof revoked_at]).toEqual([one.id, "string"]);
  expect(revoked.body.bot_token.token).toBeUndefined();
  expect((await me(one.token)).status).toBe(401);
  expect((await revoke(one.id, t.cast.owner)).body.bot_token.revoked_at).toBe(revoked_at);
  expect((await revoke("btok_none")).status).toBe(404);
});

test("the use of a token is noted once a minute", async () => {
  const { id, token } = (await mint(service, t.cast.owner, { name: "used" })).body.bot_token;
  const lastUse = async () =>
    (await t.call(t.cast.owner, "GET", path(service))).body.bot_tokens.find((one: { id: string }) => one.id === id)
      .last_used_at;
  const { writes } = t.db.stats();
  expect(await lastUse()).toBeUndefined();
  await me(token);
  const first = await settled(lastUse, undefined);
  for (let n = 0; n < 5; n++) await me(token);
  expect(await lastUse()).toBe(first);
  expect(t.db.stats().writes - writes).toBe(1);
  t.clock.advance(60_000);
  await me(token);
  expect((await settled(lastUse, first)) > first).toBe(true);
});

/** Nobody waits for the note, so it is asked for until it is another. */
async function settled(read: () => Promise<string>, before: string | undefined): Promise<string> {
  for (;;) {
    const now = await read();
    if (now !== before) return now;
    await nextTurn();
  }
}

test("a bot has a bounded number of tokens that work", async () => {
  const bot = (
    await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/bots`, {
      display_name: "Greedy",
      initial_token: false,
    })
  ).body.bot.id;
  const made: string[] = [];
  for (let n = 0; n < LIMITS.bot_tokens_per_bot; n++) made.push((await mint(bot)).body.bot_token.id);
  expect((await mint(bot)).status).toBe(409);
  await revoke(made[0] ?? "");
  expect((await mint(bot)).status).toBe(201);
  expect((await t.call(t.cast.owner, "GET", path(bot))).body.bot_tokens).toHaveLength(LIMITS.bot_tokens_per_bot);
});
