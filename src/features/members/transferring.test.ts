import { afterAll, beforeAll, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const ws = () => `/api/workspaces/${t.workspace.id}`;
const transfer = (who: Player, whom: Player) =>
  t.call(who, "POST", `${ws()}/transfer-ownership`, { user_id: whom.user.id });
const roleOf = async (whom: Player) => (await t.call(whom, "GET", ws())).body.workspace?.role;

test("only the owner hands the workspace over, to somebody who can keep it", async () => {
  const { owner, moderator, member, outsider, bot } = t.cast;
  const guest = await newcomer(t, "gus", "guest");
  const blocked = await newcomer(t, "bob", "member");
  const held = await newcomer(t, "hal", "member");
  const closed = await newcomer(t, "cid", "member");
  const moderation = (whom: Player) => `${ws()}/moderation/members/${whom.user.id}`;
  await t.call(owner, "PATCH", moderation(blocked), { blocked: true });
  await t.call(owner, "PATCH", moderation(held), { timeout_minutes: 5 });
  await t.call(owner, "PATCH", `${ws()}/members/${closed.user.id}`, { deactivated: true });
  const refused: [Player, Player, number][] = [
    [moderator, member, 403],
    [member, moderator, 403],
    [guest, member, 403],
    [bot, member, 403],
    [outsider, member, 404],
    [owner, outsider, 404],
    [owner, owner, 400],
    [owner, guest, 400],
    [owner, bot, 400],
    [owner, blocked, 409],
    [owner, held, 409],
    [owner, closed, 409],
  ];
  for (const [who, whom, status] of refused)
    expect([who.user.handle, whom.user.handle, (await transfer(who, whom)).status]).toEqual([
      who.user.handle,
      whom.user.handle,
      status,
    ]);

  const { status, body } = await transfer(owner, moderator);
  expect([status, body.workspace.role]).toEqual([200, "moderator"]);
  expect(body.event).toMatchObject({
    type: "workspace.ownership_transferred",
    payload: { workspace_id: t.workspace.id, new_owner_user_id: moderator.user.id },
  });
  expect([await roleOf(owner), await roleOf(moderator)]).toEqual(["moderator", "owner"]);
  const events = await t.call(member, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`);
  const last = events.body.events.slice(-3);
  expect(last.map((one: { type: string; payload: object }) => [one.type, one.payload])).toEqual([
    ["member.updated", { user_id: owner.user.id, role: "moderator" }],
    ["member.updated", { user_id: moderator.user.id, role: "owner" }],
    ["workspace.ownership_transferred", { workspace_id: t.workspace.id, new_owner_user_id: moderator.user.id }],
  ]);
  // One act in the log, and none of the roles beside it.
  const log = await t.db.read((tx) =>
    tx.all<Record<string, string>>(
      "SELECT action, actor_user_id, before_json, after_json FROM audit_log_entries WHERE workspace_id = ? ORDER BY id DESC LIMIT 1",
      t.workspace.id,
    ),
  );
  expect(log).toEqual([
    {
      action: "workspace.ownership_transferred",
      actor_user_id: owner.user.id,
      before_json: JSON.stringify({ owner_user_id: owner.user.id }),
      after_json: JSON.stringify({ owner_user_id: moderator.user.id }),
    },
  ]);

  // Who was the owner is one no more, and may leave now.
  expect((await transfer(owner, member)).status).toBe(403);
  expect((await t.call(owner, "DELETE", ws())).status).toBe(403);
  expect((await t.call(owner, "DELETE", `${ws()}/members/me`)).status).toBe(200);
  expect((await t.call(moderator, "DELETE", `${ws()}/members/me`)).status).toBe(409);
});

test("of many transfers at once one happens, and there is one owner", async () => {
  const heirs: Player[] = [];
  for (let n = 0; n < 10; n++) heirs.push(await newcomer(t, `heir-${n}`, "member"));
  const answers = await Promise.all(heirs.map((heir) => transfer(t.cast.moderator, heir)));
  expect(answers.map((one) => one.status).toSorted()).toEqual([200, ...heirs.slice(1).map(() => 403)]);
  const { body } = await t.call(t.cast.member, "GET", `${ws()}/members?role=owner`);
  expect(body.members).toHaveLength(1);
  expect(heirs.map((one) => one.user.id)).toContain(body.members[0].user.id);
});
