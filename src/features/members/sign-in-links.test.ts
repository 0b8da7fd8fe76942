import { afterEach, beforeEach, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { timestamp } from "../../lib/clock.ts";
import { addMember } from "../workspaces/workspaces.ts";

let t: TestApp;
beforeEach(async () => {
  t = await testApp({ config: { public_url: "https://chat.example.com" } });
});
afterEach(() => t.close());

const mint = (who: Player | undefined, whom: Player) =>
  t.call(who, "POST", `/api/workspaces/${t.workspace.id}/members/${whom.user.id}/sign-in-link`);
const open = (token: string) => t.call(undefined, "POST", "/api/auth/magic/consume", { token });
const entries = () =>
  t.db.read((tx) =>
    tx.all<{ actor_user_id: string; target_id: string }>(
      "SELECT * FROM audit_log_entries WHERE action = 'sign_in_link.created' ORDER BY id",
    ),
  );

test("a link signs in the person it was made for, once, and is recorded without its token", async () => {
  const { owner, member } = t.cast;
  const made = await mint(owner, member);
  expect(made.status).toBe(201);
  const [address, token = ""] = made.body.url.split("#");
  expect(address).toBe("https://chat.example.com/signin");
  const answer = await open(token);
  expect([answer.status, answer.body.user.id]).toEqual([200, member.user.id]);
  expect((await open(token)).status).toBe(404);
  const log = await entries();
  expect(log).toMatchObject([{ actor_user_id: owner.user.id, target_id: member.user.id }]);
  expect(JSON.stringify(log)).not.toContain(token);
});

test("it is theirs even if they have no address, or another one by now", async () => {
  const mute = await newcomer(t, "mute", "guest");
  const token = (await mint(t.cast.moderator, mute)).body.url.split("#")[1];
  expect((await open(token)).body.user.id).toBe(mute.user.id);
});

test("it ends by itself", async () => {
  const { owner, member } = t.cast;
  const { url, expires_at } = (await mint(owner, member)).body;
  expect(Date.parse(expires_at)).toBeGreaterThan(t.clock.now());
  t.clock.advance(LIMITS.magic_link_ttl_ms);
  expect((await open(url.split("#")[1])).status).toBe(404);
});

test("nobody makes one for whom they do not stand above, and a refusal records nothing", async () => {
  const { owner, moderator, member, outsider, bot } = t.cast;
  const guest = await newcomer(t, "gus", "guest");
  const refused: [Player | undefined, Player, number][] = [
    [undefined, member, 401],
    [member, guest, 403],
    [guest, member, 403],
    [moderator, owner, 403],
    [moderator, moderator, 403],
    [owner, owner, 403],
    [owner, bot, 400],
    [bot, member, 403],
    [outsider, member, 404],
    [owner, outsider, 404],
  ];
  for (const [who, whom, status] of refused)
    expect([who?.user.handle, whom.user.handle, (await mint(who, whom)).status]).toEqual([
      who?.user.handle,
      whom.user.handle,
      status,
    ]);
  expect(await entries()).toEqual([]);
  expect((await mint(moderator, guest)).status).toBe(201);
});

test("none is made for who is also where one is nobody, or who was deactivated", async () => {
  const { owner, member, outsider } = t.cast;
  expect((await mint(owner, member)).status).toBe(201);
  const elsewhere = (await t.call(outsider, "GET", "/api/workspaces")).body.workspaces[0].id;
  await t.db.write((tx) => addMember(tx, elsewhere, member.user, "guest", timestamp(t.clock.now())));
  expect((await mint(owner, member)).status).toBe(403);
  await t.call(outsider, "DELETE", `/api/workspaces/${elsewhere}/members/${member.user.id}`);
  const { url } = (await mint(owner, member)).body;
  const path = `/api/workspaces/${t.workspace.id}/members/${member.user.id}`;
  expect((await t.call(owner, "PATCH", path, { deactivated: true })).status).toBe(200);
  expect((await mint(owner, member)).status).toBe(403);
  expect((await open(url.split("#")[1])).status).toBe(404);
});
