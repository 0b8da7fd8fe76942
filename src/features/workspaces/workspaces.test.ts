import { afterAll, beforeAll, expect, test } from "bun:test";
import { FORM_TYPE, formOf, pictureOf, textFile } from "../../../tests/support/form.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { cleanUploads } from "../uploads/cleaning.ts";

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

async function upload(who: Player, form: Uint8Array<ArrayBuffer>): Promise<string> {
  const path = `/api/uploads?workspace_id=${t.workspace.id}`;
  return (await t.call(who, "POST", path, form, { headers: { "content-type": FORM_TYPE } })).body.upload.id;
}

async function picture(who: Player): Promise<string> {
  return upload(who, formOf({ name: "file", value: await pictureOf(8, 8), filename: "i.png", type: "image/png" }));
}

test("the slug is the owner's to change, and a manager who may only read changes nothing", async () => {
  const { owner, moderator } = t.cast;
  expect((await t.call(moderator, "PATCH", one(), { slug: "docks" })).status).toBe(403);
  expect((await t.call(moderator, "PATCH", one(), { slug: "harbour", name: "Harbour" })).status).toBe(200);
  expect((await t.call(owner, "PATCH", one(), { slug: "docks" })).body.workspace.slug).toBe("docks");
  expect((await t.call(owner, "PATCH", one(), { slug: "harbour" })).status).toBe(200);
  const held = `${one()}/moderation/members/${moderator.user.id}`;
  await t.call(owner, "PATCH", held, { timeout_minutes: 5 });
  expect((await t.call(moderator, "PATCH", one(), { name: "Mine" })).status).toBe(403);
  await t.call(owner, "PATCH", held, { clear_timeout: true });
  expect((await t.call(moderator, "PATCH", one(), { name: "Harbour" })).status).toBe(200);
});

test("the icon is a picture of whoever sets it; it stays while it is one and goes when it was", async () => {
  const { owner, moderator } = t.cast;
  const [mine, theirs] = [await picture(owner), await picture(moderator)];
  const text = await upload(owner, formOf(textFile()));
  const wrong = [
    `/api/uploads/${theirs}`,
    `/api/uploads/${text}`,
    "/api/uploads/upl_none",
    mine,
    "https://example.com/a.png",
  ];
  for (const icon_url of wrong)
    expect([icon_url, (await t.call(owner, "PATCH", one(), { icon_url })).status]).toEqual([icon_url, 400]);
  const icon_url = `/api/uploads/${mine}`;
  const answer = await t.call(owner, "PATCH", one(), { icon_url });
  expect(answer.body.workspace.icon_url).toBe(icon_url);
  // Another manager's form sends it back as it is.
  expect((await t.call(moderator, "PATCH", one(), { icon_url, name: "Harbour" })).status).toBe(200);
  expect((await t.fetch(t.cast.member, icon_url)).status).toBe(200);

  const clean = () => cleanUploads({ db: t.db, store: t.uploads }, t.clock.now());
  t.clock.advance(2 * 24 * 60 * 60 * 1000);
  await clean();
  expect((await t.fetch(t.cast.member, icon_url)).status).toBe(200);
  expect((await t.fetch(moderator, `/api/uploads/${theirs}`)).status).toBe(404);
  expect((await t.call(moderator, "PATCH", one(), { icon_url: "" })).body.workspace.icon_url).toBe("");
  await clean();
  expect((await t.fetch(owner, icon_url)).status).toBe(404);
});

test("the waiting room is a public channel of the workspace", async () => {
  const { owner, outsider } = t.cast;
  const make = async (body: object) =>
    (await t.call(owner, "POST", `${one()}/channels`, body)).body.channel.id as string;
  const [open, hidden, old] = [
    await make({ name: "lobby" }),
    await make({ name: "cabin", kind: "private" }),
    await make({ name: "attic" }),
  ];
  await t.call(owner, "PATCH", `/api/channels/${old}`, { archived: true });
  const elsewhere = (await t.call(outsider, "GET", "/api/workspaces")).body.workspaces[0].id;
  const { channels } = (await t.call(outsider, "GET", `/api/workspaces/${elsewhere}/channels`)).body;
  for (const waiting_room_channel_id of [hidden, old, channels[0].id, "chn_none"])
    expect((await t.call(owner, "PATCH", one(), { waiting_room_channel_id })).status).toBe(400);
  const set = await t.call(owner, "PATCH", one(), { waiting_room_channel_id: open, guest_post_budget: 7 });
  expect(set.body.workspace).toMatchObject({ waiting_room_channel_id: open, guest_post_budget: 7 });
  const cleared = await t.call(owner, "PATCH", one(), { waiting_room_channel_id: "" });
  expect(cleared.body.workspace.waiting_room_channel_id).toBeUndefined();
});
