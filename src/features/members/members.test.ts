import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const at = (who: Player | string) =>
  `/api/workspaces/${t.workspace.id}/members/${typeof who === "string" ? who : who.user.id}`;
const role = (who: Player, whom: Player, wanted: string) => t.call(who, "PATCH", at(whom), { role: wanted });

test("a role is given downwards only, and never to oneself", async () => {
  const { owner, moderator, member, outsider, bot } = t.cast;
  const refused: [Player, Player, string, number][] = [
    [member, moderator, "guest", 403],
    [moderator, member, "moderator", 403],
    [moderator, owner, "member", 403],
    [moderator, moderator, "member", 403],
    [owner, owner, "member", 403],
    [owner, bot, "member", 400],
    [owner, member, "owner", 400],
    [outsider, member, "guest", 404],
    [owner, outsider, "guest", 404],
    [bot, member, "guest", 403],
  ];
  for (const [who, whom, wanted, status] of refused)
    expect([wanted, (await role(who, whom, wanted)).status]).toEqual([wanted, status]);
  const demoted = await role(moderator, member, "guest");
  expect(demoted.body.member.role).toBe("guest");
  expect(demoted.body.event).toMatchObject({
    type: "member.updated",
    payload: { user_id: member.user.id, role: "guest" },
  });
  expect((await role(moderator, member, "guest")).body.event).toBeUndefined();
  const channels = `/api/workspaces/${t.workspace.id}/channels`;
  expect((await t.call(member, "GET", channels)).body.channels).toEqual([]);
  expect((await t.call(member, "GET", `/api/channels/${t.general.id}/messages`)).status).toBe(404);
  expect((await role(owner, member, "member")).body.member.role).toBe("member");
  expect((await t.call(member, "GET", channels)).body.channels).toHaveLength(1);
});

test("members leave, managers remove those below them, the last owner stays", async () => {
  const { owner, moderator, member, outsider, bot } = t.cast;
  const refused: [Player, Player, number][] = [
    [member, moderator, 403],
    [moderator, owner, 403],
    [owner, owner, 409],
    [owner, bot, 400],
    [outsider, member, 404],
    [bot, member, 403],
  ];
  for (const [who, whom, status] of refused) expect((await t.call(who, "DELETE", at(whom))).status).toBe(status);
  expect((await t.call(member, "DELETE", at("me"))).body).toEqual({ ok: true });
  expect((await t.call(member, "GET", `/api/workspaces/${t.workspace.id}`)).status).toBe(404);
  expect((await t.call(owner, "DELETE", at(member))).status).toBe(404);
  expect((await t.call(owner, "DELETE", at(moderator))).status).toBe(200);
});
