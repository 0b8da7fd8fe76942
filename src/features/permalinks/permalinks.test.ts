import { afterAll, beforeAll, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const find = (who: Player, target: string, home = t.workspace.route_id) =>
  t.call(who, "GET", `/api/routes/${home}/${target}`);

let names = 0;
async function channel(kind: string) {
  const body = { name: `r-${names++}`, kind };
  const made = await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/channels`, body);
  const { id, route_id } = made.body.channel as { id: string; route_id: string };
  const sent = await t.call(t.cast.owner, "POST", `/api/channels/${id}/messages`, { body: "root" });
  return { id, route_id, message: sent.body.message as { id: string; route_id: string } };
}

test("short ids of channels, threads and direct conversations name what they stand for", async () => {
  const { owner, member } = t.cast;
  const place = await channel("public");
  const body = { workspace_id: t.workspace.id, member_ids: [member.user.id] };
  const direct = (await t.call(owner, "POST", "/api/dms", body)).body.conversation;
  const said = (await t.call(owner, "POST", `/api/dms/${direct.id}/messages`, { body: "x" })).body.message;
  const home = { workspace_id: t.workspace.id, workspace_route_id: t.workspace.route_id };
  expect((await find(member, place.route_id)).body.route).toEqual({
    ...home,
    target_type: "channel",
    target_id: place.id,
    target_route_id: place.route_id,
    canonical_path: `/app/${home.workspace_route_id}/${place.route_id}`,
  });
  expect((await find(member, direct.route_id)).body.route).toMatchObject({
    target_type: "direct",
    target_id: direct.id,
  });
  expect((await find(member, place.message.route_id)).body.route).toEqual({
    ...home,
    target_type: "thread",
    target_id: place.message.id,
    target_route_id: place.message.route_id,
    parent_type: "channel",
    parent_id: place.id,
    parent_route_id: place.route_id,
    canonical_path: `/app/${home.workspace_route_id}/${place.message.route_id}`,
  });
  // A root of a direct conversation has no short id; its own works, with the workspace's own.
  expect((await find(member, said.id, t.workspace.id)).body.route).toMatchObject({
    target_type: "thread",
    target_id: said.id,
    parent_type: "direct",
    parent_id: direct.id,
    parent_route_id: direct.route_id,
  });
  expect((await t.call(owner, "POST", `/api/messages/${said.id}/route`)).status).toBe(404);
});

test("old ids work in both places or in neither", async () => {
  const place = await channel("public");
  for (const target of [place.id, place.message.id])
    expect((await find(t.cast.member, target, t.workspace.id)).status).toBe(200);
  expect((await find(t.cast.member, place.id)).status).toBe(404);
  expect((await find(t.cast.member, place.route_id, t.workspace.id)).status).toBe(404);
});

test("whatever is missing, hidden or of elsewhere is one answer", async () => {
  const { owner, moderator, outsider } = t.cast;
  const guest = await newcomer(t, "gina", "guest");
  const open = await channel("public");
  const hidden = await channel("private");
  const reply = await t.call(owner, "POST", `/api/messages/${open.message.id}/thread/replies`, { body: "reply" });
  const missing = await find(owner, `C${"0".repeat(16)}`);
  expect([missing.status, missing.body.error]).toEqual([404, "route not found"]);
  const asked: [Player, string, string?][] = [
    [moderator, hidden.route_id],
    [moderator, hidden.message.route_id],
    [moderator, hidden.id, t.workspace.id],
    [guest, open.route_id],
    [guest, open.message.route_id],
    [outsider, open.route_id],
    [owner, "nonsense"],
    [owner, "X0000000000000000"],
    [owner, open.route_id, `T${"0".repeat(16)}`],
    [owner, open.route_id.toLowerCase()],
    [owner, reply.body.message.id, t.workspace.id],
  ];
  for (const [who, target, home] of asked) {
    const answer = await find(who, target, home);
    expect([who.user.handle, target, answer.status, answer.body.error]).toEqual([
      who.user.handle,
      target,
      404,
      missing.body.error,
    ]);
  }
});

test("a root has its short id at once, and keeps it", async () => {
  const { message } = await channel("public");
  expect(message.route_id).toMatch(/^M[0-9A-HJKMNP-TV-Z]{16}$/);
  const minted = await t.call(t.cast.member, "POST", `/api/messages/${message.id}/route`);
  const read = await t.call(t.cast.member, "GET", `/api/messages/${message.id}/thread`);
  expect([minted.body.message.route_id, read.body.root.route_id]).toEqual([message.route_id, message.route_id]);
});
