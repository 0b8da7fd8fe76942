import type { UserGroup } from "@clickclack/protocol";
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Answer, type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
let guest: Player;
beforeAll(async () => {
  t = await testApp();
  guest = await newcomer(t, "gus", "guest");
});
afterAll(() => t.close());

const ws = () => `/api/workspaces/${t.workspace.id}`;
const at = (group: UserGroup) => `/api/groups/${group.id}`;
const member = (group: UserGroup, who: Player) => `${at(group)}/members/${who.user.id}`;
let made = 0;

async function must(answer: Promise<Answer>, status = 200): Promise<Answer["body"]> {
  const { status: given, body } = await answer;
  expect([given, body.error]).toEqual([status, undefined]);
  return body;
}

async function newGroup(who: Player, body: object = {}): Promise<UserGroup> {
  const named = { handle: `group-${++made}`, name: "A group" };
  return (await must(t.call(who, "POST", `${ws()}/groups`, { ...named, ...body }), 201)).group;
}

async function newChannel(who: Player, body: object): Promise<string> {
  return (await must(t.call(who, "POST", `${ws()}/channels`, { name: `place-${++made}`, ...body }), 201)).channel.id;
}

const isIn = async (who: Player, channel_id: string) =>
  (await t.call(who, "GET", `/api/channels/${channel_id}`)).status === 200;

let crew: UserGroup;
beforeEach(async () => {
  crew = await newGroup(t.cast.owner, { name: "The crew" });
});

test("managers make, change and end groups; members see them, guests and strangers do not", async () => {
  const { owner, moderator, member: mia, outsider, bot } = t.cast;
  const roles: [Player, { make: number; list: number; read: number; change: number }][] = [
    [owner, { make: 201, list: 200, read: 200, change: 200 }],
    [moderator, { make: 201, list: 200, read: 200, change: 200 }],
    [mia, { make: 403, list: 200, read: 200, change: 403 }],
    [guest, { make: 403, list: 403, read: 404, change: 404 }],
    [bot, { make: 403, list: 200, read: 200, change: 403 }],
    [outsider, { make: 404, list: 404, read: 404, change: 404 }],
  ];
  for (const [who, expected] of roles) {
    const group = await newGroup(owner);
    const named = { handle: `of-${who.user.handle}`, name: "Theirs" };
    const change = (await t.call(who, "PATCH", at(group), { description: "Who sails" })).status;
    expect([who.user.handle, (await t.call(who, "PUT", member(group, mia))).status]).toEqual([
      who.user.handle,
      expected.change,
    ]);
    expect([who.user.handle, (await t.call(who, "DELETE", at(group))).status]).toEqual([
      who.user.handle,
      expected.change,
    ]);
    expect([
      who.user.handle,
      {
        make: (await t.call(who, "POST", `${ws()}/groups`, named)).status,
        list: (await t.call(who, "GET", `${ws()}/groups`)).status,
        read: (await t.call(who, "GET", at(crew))).status,
        change,
      },
    ]).toEqual([who.user.handle, expected]);
  }
});

test("a group is told and recorded as it is made, changed and ended", async () => {
  const { owner, member: mia } = t.cast;
  const group = await newGroup(owner, { handle: "@Deck", name: "Deck", member_ids: [mia.user.id] });
  expect(group).toMatchObject({ handle: "deck", member_ids: [mia.user.id], channel_ids: [], description: "" });
  const changed = await must(t.call(owner, "PATCH", at(group), { handle: "deckhands", channel_ids: [t.general.id] }));
  expect(changed.group).toEqual({ ...group, handle: "deckhands", channel_ids: [t.general.id] });
  expect(changed.event).toMatchObject({ type: "group.updated", payload: { group_id: group.id } });
  const { events } = await must(t.call(mia, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`));
  expect(events.find((event: { id: string }) => event.id === changed.event.id).payload.group).toEqual(changed.group);
  expect(await must(t.call(owner, "PATCH", at(group), { name: "Deck" }))).toEqual({ group: changed.group });
  await must(t.call(owner, "DELETE", member(group, mia)));
  await must(t.call(owner, "DELETE", at(group)));
  expect((await t.call(owner, "GET", at(group))).status).toBe(404);
  const log = await must(t.call(owner, "GET", `${ws()}/audit-log?target=${group.id}`));
  expect(log.audit_log_entries).toMatchObject([
    { action: "group.deleted", target_name: "Deck", before: { handle: "deckhands", member_ids: [] } },
    { action: "group.member_removed", metadata: { user_id: mia.user.id } },
    {
      action: "group.updated",
      before: { handle: "deck", channel_ids: [] },
      after: { handle: "deckhands", channel_ids: [t.general.id] },
    },
    { action: "group.created", after: { handle: "deck", name: "Deck", member_ids: [mia.user.id] } },
  ]);
});

test("a handle means one group or one member", async () => {
  const { owner } = t.cast;
  const handles: [string, number][] = [
    ["crew-of-one", 201],
    ["Crew-of-one", 409],
    ["mia", 409],
    ["pinch", 409],
    ["oskar", 201],
    ["channel", 400],
    ["a b", 400],
    ["", 400],
  ];
  for (const [handle, status] of handles)
    expect([handle, (await t.call(owner, "POST", `${ws()}/groups`, { handle, name: "G" })).status]).toEqual([
      handle,
      status,
    ]);
  expect((await t.call(owner, "PATCH", at(crew), { handle: "mia" })).status).toBe(409);
  expect((await t.call(owner, "PATCH", at(crew), { handle: crew.handle.toUpperCase() })).status).toBe(200);
});

test("whoever made it keeps its members, also as a member; nobody who was timed out", async () => {
  const { owner, member: mia } = t.cast;
  const mo = await newcomer(t, "maker", "moderator");
  const group = await newGroup(mo);
  await must(t.call(owner, "PATCH", `${ws()}/members/${mo.user.id}`, { role: "member" }));
  expect((await must(t.call(mo, "PUT", member(group, mia)))).group.member_ids).toEqual([mia.user.id]);
  expect((await t.call(mo, "PATCH", at(group), { name: "Mine" })).status).toBe(403);
  expect((await t.call(mo, "PUT", member(crew, mia))).status).toBe(403);
  const again = await must(t.call(mo, "PUT", member(group, mia)));
  expect(again.event).toBeUndefined();
  await must(t.call(owner, "PATCH", `${ws()}/moderation/members/${mo.user.id}`, { timeout_minutes: 5 }));
  expect((await t.call(mo, "DELETE", member(group, mia))).status).toBe(403);
  await must(t.call(owner, "PATCH", `${ws()}/moderation/members/${mo.user.id}`, { clear_timeout: true }));
  expect((await must(t.call(mo, "DELETE", member(group, mia)))).group.member_ids).toEqual([]);
  expect((await t.call(mo, "DELETE", member(group, mia))).status).toBe(404);
  expect((await t.call(mo, "PUT", member(group, t.cast.outsider))).status).toBe(404);
});

test("its handle mentions those of its members who read the conversation, each once", async () => {
  const { owner, moderator, member: mia } = t.cast;
  for (const who of [owner, moderator, mia, guest]) await must(t.call(owner, "PUT", member(crew, who)));
  const say = async (channel_id: string, body: string): Promise<string[]> =>
    (await must(t.call(owner, "POST", `/api/channels/${channel_id}/messages`, { body }), 201)).event
      .mentioned_user_ids ?? [];
  const both = [moderator.user.id, mia.user.id].toSorted();
  expect((await say(t.general.id, `@${crew.handle} and @mia, please`)).toSorted()).toEqual(both);
  expect(await say(t.general.id, `\`@${crew.handle}\``)).toEqual([]);
  const secret = await newChannel(owner, { kind: "private" });
  expect(await say(secret, `@${crew.handle}`)).toEqual([]);
  await must(t.call(owner, "PUT", `/api/channels/${secret}/members/${mia.user.id}`));
  expect(await say(secret, `@${crew.handle}`)).toEqual([mia.user.id]);
  await must(t.call(owner, "PUT", `/api/channels/${t.general.id}/members/${guest.user.id}`));
  expect(await say(t.general.id, `@${crew.handle}`)).toContain(guest.user.id);
  await must(t.call(owner, "DELETE", `/api/channels/${t.general.id}/members/${guest.user.id}`));
  const general = async () => (await must(t.call(mia, "GET", `/api/channels/${t.general.id}`))).channel;
  expect((await general()).mention_count).toBe(2);
  const root = await must(t.call(owner, "POST", `/api/channels/${t.general.id}/messages`, { body: "ahoy" }), 201);
  const replies = `/api/messages/${root.message.id}/thread/replies`;
  await must(t.call(owner, "POST", replies, { body: `@${crew.handle} look` }), 201);
  const inbox = await must(t.call(mia, "GET", `${ws()}/threads`));
  expect(JSON.stringify(inbox)).toContain(root.message.id);
  await must(t.call(owner, "DELETE", at(crew)));
  expect(await say(t.general.id, `@${crew.handle}`)).toEqual([]);
});

test("brings its members into its channels, and guests into public ones too", async () => {
  const { owner, member: mia } = t.cast;
  const secret = await newChannel(owner, { kind: "private" });
  const open = await newChannel(owner, {});
  await must(t.call(owner, "PUT", member(crew, mia)));
  expect(await isIn(mia, secret)).toBe(false);
  await must(t.call(owner, "PATCH", at(crew), { channel_ids: [secret, open] }));
  expect(await isIn(mia, secret)).toBe(true);
  expect(await isIn(guest, open)).toBe(false);
  await must(t.call(owner, "PUT", member(crew, guest)));
  expect([await isIn(guest, secret), await isIn(guest, open)]).toEqual([true, true]);
  await must(t.call(owner, "DELETE", member(crew, mia)));
  await must(t.call(owner, "DELETE", at(crew)));
  expect([await isIn(mia, secret), await isIn(guest, open)]).toEqual([true, true]);
});

test("is no way into a private channel for whoever may not invite there, and does not name it", async () => {
  const { owner, moderator, member: mia } = t.cast;
  const secret = await newChannel(owner, { kind: "private" });
  await must(t.call(owner, "PATCH", at(crew), { channel_ids: [secret, t.general.id] }));
  expect((await must(t.call(owner, "GET", at(crew)))).group.channel_ids.toSorted()).toEqual(
    [secret, t.general.id].toSorted(),
  );
  expect((await must(t.call(moderator, "GET", at(crew)))).group.channel_ids).toEqual([t.general.id]);
  for (const who of [moderator, mia]) {
    await must(t.call(moderator, "PUT", member(crew, who)));
    expect(await isIn(who, secret)).toBe(false);
  }
  expect((await t.call(moderator, "PATCH", at(crew), { channel_ids: [secret] })).status).toBe(404);
  // What they do not see stays.
  await must(t.call(moderator, "PATCH", at(crew), { channel_ids: [] }));
  expect((await must(t.call(owner, "GET", at(crew)))).group.channel_ids).toEqual([secret]);
  const { events } = await must(t.call(owner, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`));
  const frames = events.filter((event: { payload: { group_id?: string } }) => event.payload.group_id === crew.id);
  expect(frames.length).toBeGreaterThan(2);
  expect(JSON.stringify(frames)).not.toContain(secret);
  // Nor does it name the others as if they were all: a client has to ask.
  expect(frames.filter((event: { payload: object }) => "group" in event.payload)).toEqual([]);
  expect(JSON.stringify(await must(t.call(owner, "GET", `${ws()}/audit-log?target=${crew.id}`)))).not.toContain(secret);
});

test("is bounded, and whoever leaves the workspace leaves it", async () => {
  const { owner } = t.cast;
  const leaver = await newcomer(t, "leaver", "member");
  await must(t.call(owner, "PUT", member(crew, leaver)));
  await must(t.call(leaver, "DELETE", `${ws()}/members/me`));
  expect((await must(t.call(owner, "GET", at(crew)))).group.member_ids).toEqual([]);
  const named = { handle: "many", name: "Many" };
  const too = { channel_ids: Array.from({ length: 21 }, () => t.general.id) };
  expect((await t.call(owner, "POST", `${ws()}/groups`, { ...named, ...too })).status).toBe(400);
  expect((await t.call(owner, "POST", `${ws()}/groups`, { ...named, description: "x".repeat(251) })).status).toBe(400);
  expect((await t.call(owner, "POST", `${ws()}/groups`, { ...named, name: " " })).status).toBe(400);
  expect((await t.call(owner, "POST", `${ws()}/groups`, { ...named, member_ids: ["usr_nobody"] })).status).toBe(404);
  const channels: string[] = [];
  for (let n = 0; n < 11; n++) channels.push(await newChannel(owner, {}));
  await must(t.call(owner, "PATCH", at(crew), { channel_ids: channels.slice(0, 10) }));
  await must(t.call(owner, "PATCH", at(crew), { channel_ids: channels }));
});
