import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const one = () => `/api/workspaces/${t.workspace.id}`;

test("everybody sees their own workspaces and a bot only its token's", async () => {
  const mine = await t.call(t.cast.member, "GET", "/api/workspaces");
  expect(mine.body.workspaces).toHaveLength(1);
  expect(mine.body.workspaces[0]).toMatchObject({ name: "Harbour", slug: "harbour", role: "member" });
  expect(mine.body.workspaces[0].route_id).toMatch(/^T[0-9A-HJKMNP-TV-Z]{16}$/);
  expect((await t.call(t.cast.bot, "GET", "/api/workspaces")).body.workspaces).toHaveLength(1);
  expect((await t.call(t.cast.outsider, "GET", one())).status).toBe(404);
});

test("a new workspace has its maker as owner and a #general", async () => {
  const made = await t.call(t.cast.member, "POST", "/api/workspaces", { name: "Second Home" });
  expect(made.body.workspace).toMatchObject({ slug: "second-home", role: "owner" });
  const { body } = await t.call(t.cast.member, "GET", `/api/workspaces/${made.body.workspace.id}/channels`);
  expect(body.channels.map((channel: { name: string }) => channel.name)).toEqual(["general"]);
  expect((await t.call(t.cast.bot, "POST", "/api/workspaces", { name: "x" })).status).toBe(403);
  expect((await t.call(t.cast.member, "POST", "/api/workspaces", { name: "x", slug: "clickclack" })).status).toBe(400);
  expect((await t.call(t.cast.member, "POST", "/api/workspaces", { name: "x", slug: "harbour" })).status).toBe(409);
});

test("managers rename it, others may not", async () => {
  const renamed = await t.call(t.cast.moderator, "PATCH", one(), { name: "Harbour Town" });
  expect(renamed.body.workspace.name).toBe("Harbour Town");
  expect(renamed.body.event.type).toBe("workspace.updated");
  for (const who of [t.cast.member, t.cast.bot])
    expect((await t.call(who, "PATCH", one(), { name: "Mine" })).status).toBe(403);
  expect((await t.call(t.cast.outsider, "PATCH", one(), { name: "Mine" })).status).toBe(404);
  expect((await t.call(t.cast.owner, "PATCH", one(), {})).status).toBe(400);
});

test("the directory is ordered by role and name, counted once and paged without gaps", async () => {
  const first = await t.call(t.cast.member, "GET", `${one()}/members?limit=2`);
  expect(first.body).toMatchObject({
    has_more: true,
    total_count: 5,
    total_by_role: { owner: 1, moderator: 1, member: 1, bot: 2, guest: 0 },
  });
  const rest = await t.call(t.cast.member, "GET", `${one()}/members?cursor=${first.body.next_cursor}`);
  const names = [...first.body.members, ...rest.body.members].map((member) => member.user.display_name);
  expect(names).toEqual(["Olivia Owner", "Mo Moderator", "Mia Member", "Peek", "Pinch"]);
  expect(rest.body.total_count).toBeUndefined();
  const found = await t.call(t.cast.member, "GET", `${one()}/members?q=MIA`);
  expect(found.body.members.map((member: { user: { handle: string } }) => member.user.handle)).toEqual(["mia"]);
  expect((await t.call(t.cast.member, "GET", `${one()}/members?role=bot`)).body.members).toHaveLength(2);
  for (const query of ["limit=0", "limit=x", "cursor=nonsense", "role=king"]) {
    expect((await t.call(t.cast.member, "GET", `${one()}/members?${query}`)).status).toBe(400);
  }
  expect((await t.call(t.cast.outsider, "GET", `${one()}/members`)).status).toBe(404);
});

test("a renamed person moves in the directory and everybody is told", async () => {
  await t.call(t.cast.moderator, "PATCH", "/api/me", { display_name: "Aaron" });
  const { body } = await t.call(t.cast.member, "GET", `${one()}/members?q=aar`);
  expect(body.members[0].user.display_name).toBe("Aaron");
  const events = await t.call(t.cast.member, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}`);
  expect(events.body.events.at(-1)).toMatchObject({
    type: "user.updated",
    payload: { user: { display_name: "Aaron" } },
  });
});
