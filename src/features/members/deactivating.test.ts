import { afterAll, beforeAll, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { setPassword } from "../auth/auth.ts";
import { createPasswords } from "../../lib/password.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const ws = () => `/api/workspaces/${t.workspace.id}`;
const set = (who: Player, whom: Player, deactivated: boolean) =>
  t.call(who, "PATCH", `${ws()}/members/${whom.user.id}`, { deactivated });
const withPassword = async (who: Player, password: string) =>
  setPassword(t.db, createPasswords(), who.user.id, password, new Date(t.clock.now()).toISOString());
const signIn = async (handle: string, password: string) =>
  t.call(undefined, "POST", "/api/auth/password/login", { identifier: handle, password });

test("whoever stands above somebody everywhere closes their account and opens it again", async () => {
  const { owner, moderator, member, outsider, bot } = t.cast;
  await withPassword(member, "correct horse");
  const session: Player = { ...member, token: (await signIn("mia", "correct horse")).body.token };
  expect((await t.call(session, "GET", "/api/me")).status).toBe(200);
  const made = await t.call(session, "POST", `${ws()}/bots`, { display_name: "Mine", owner_user_id: member.user.id });
  const machine: Player = { user: made.body.bot, token: made.body.bot_token.token };
  const dm = { workspace_id: t.workspace.id, member_ids: [owner.user.id] };
  const { conversation } = (await t.call(session, "POST", "/api/dms", dm)).body;
  const talk = `/api/dms/${conversation.id}/messages`;
  expect((await t.call(owner, "POST", talk, { body: "hello" })).status).toBe(201);
  expect((await t.call(machine, "GET", "/api/me")).status).toBe(200);

  const refused: [Player, Player, number][] = [
    [member, moderator, 401],
    [session, moderator, 403],
    [session, session, 403],
    [moderator, owner, 403],
    [owner, owner, 403],
    [owner, bot, 400],
    [outsider, session, 404],
    [bot, session, 403],
  ];
  for (const [who, whom, status] of refused)
    expect([who.user.handle, whom.user.handle, (await set(who, whom, true)).status]).toEqual([
      who.user.handle,
      whom.user.handle,
      status,
    ]);
  expect((await t.call(owner, "PATCH", `${ws()}/members/${member.user.id}`, {})).status).toBe(400);

  const closed = await set(moderator, session, true);
  expect(closed.status).toBe(200);
  const { deactivated_at } = closed.body.member.user;
  expect([closed.body.member.role, typeof deactivated_at]).toEqual(["member", "string"]);
  expect((await t.call(session, "GET", "/api/me")).status).toBe(401);
  expect((await signIn("mia", "correct horse")).status).toBe(401);
  expect((await t.call(machine, "GET", "/api/me")).status).toBe(401);
  // They stay in the directory, as one who is gone; what they said stays too.
  const { body } = await t.call(owner, "GET", `${ws()}/members?q=mia`);
  expect(body.members[0].user.deactivated_at).toBe(deactivated_at);
  const events = await t.call(owner, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`);
  expect(events.body.events.at(-1)).toMatchObject({ type: "user.updated", payload: { user_id: member.user.id } });
  // Nobody is left in the conversation.
  expect((await t.call(owner, "POST", talk, { body: "hello?" })).status).toBe(409);
  const direct = await t.call(owner, "GET", `/api/dms/${conversation.id}`);
  expect(direct.body.conversation.can_send).toBe(false);
  expect((await t.call(owner, "GET", talk)).body.messages).toHaveLength(1);
  const three = { ...dm, member_ids: [member.user.id, moderator.user.id] };
  expect((await t.call(owner, "POST", "/api/dms", three)).status).toBe(409);

  expect((await set(owner, session, false)).body.member.user.deactivated_at).toBeUndefined();
  // The old session stays ended; the way in is open again, and so is the conversation.
  expect((await t.call(session, "GET", "/api/me")).status).toBe(401);
  expect((await signIn("mia", "correct horse")).status).toBe(200);
  expect((await t.call(machine, "GET", "/api/me")).status).toBe(200);
  expect((await t.call(owner, "POST", talk, { body: "hello!" })).status).toBe(201);
  expect((await t.call(owner, "POST", "/api/dms", three)).status).toBe(201);
  const log = await t.db.read((tx) =>
    tx.all<{ action: string; actor_user_id: string }>(
      "SELECT action, actor_user_id FROM audit_log_entries WHERE target_id = ? AND action LIKE 'member.%activated' ORDER BY id",
      member.user.id,
    ),
  );
  expect(log).toEqual([
    { action: "member.deactivated", actor_user_id: moderator.user.id },
    { action: "member.reactivated", actor_user_id: owner.user.id },
  ]);
});

test("an account that is also somewhere else is not one manager's to close", async () => {
  const { owner, outsider, moderator } = t.cast;
  const elsewhere = (await t.call(outsider, "GET", "/api/workspaces")).body.workspaces[0].id;
  const ann = await newcomer(t, "ann", "member");
  // The two owners know each other and Ann from a workspace that they share.
  expect((await t.call(owner, "PUT", `${ws()}/members/${outsider.user.id}`)).status).toBe(404);
  await t.db.write((tx) =>
    tx.run(
      `INSERT INTO workspace_members (workspace_id, user_id, role, role_sort, sort_name, sort_handle, created_at)
       VALUES (?, ?, 'guest', 5, 'ann', 'ann', '')`,
      elsewhere,
      ann.user.id,
    ),
  );
  expect((await set(owner, ann, true)).status).toBe(403);
  // Their role here is.
  expect((await t.call(owner, "PATCH", `${ws()}/members/${ann.user.id}`, { role: "guest" })).status).toBe(200);
  await t.call(outsider, "DELETE", `/api/workspaces/${elsewhere}/members/${ann.user.id}`);
  expect((await set(moderator, ann, true)).status).toBe(200);
  expect((await t.call(owner, "PUT", `${ws()}/members/${ann.user.id}`)).status).toBe(200);
});

test("people close their own account, with their password, unless they own something", async () => {
  const { owner, bot } = t.cast;
  const close = (who: Player, body?: object) => t.call(who, "POST", "/api/me/deactivate", body);
  const eve = await newcomer(t, "eve", "moderator");
  await withPassword(eve, "open sesame");
  const token = (await signIn("eve", "open sesame")).body.token;
  const me = { ...eve, token };
  expect((await close(me)).status).toBe(401);
  expect((await close(me, { password: "wrong" })).status).toBe(401);
  expect((await close(owner)).status).toBe(409);
  expect((await close(bot)).status).toBe(403);
  expect((await close(me, { password: "open sesame" })).body).toEqual({ ok: true });
  expect((await t.call(me, "GET", "/api/me")).status).toBe(401);
  expect((await signIn("eve", "open sesame")).status).toBe(401);

  // Guessing ends.
  const fay = await newcomer(t, "fay", "member");
  await withPassword(fay, "let me out!");
  const session = { ...fay, token: (await signIn("fay", "let me out!")).body.token };
  const answers: number[] = [];
  for (let n = 0; n < 6; n++) answers.push((await close(session, { password: `guess ${n}` })).status);
  expect(answers).toEqual([401, 401, 401, 401, 401, 429]);
  expect((await close(session, { password: "let me out!" })).status).toBe(429);

  // Who has no password has nothing more to show than their session.
  const guy = await newcomer(t, "guy", "guest");
  expect((await close(guy)).status).toBe(200);
});
