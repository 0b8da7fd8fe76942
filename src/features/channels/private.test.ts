/** Who sees, enters, changes and leaves channels that are not for everybody. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
let guest: Player;
let other: Player;
beforeAll(async () => {
  t = await testApp();
  guest = await newcomer(t, "gina", "guest");
  other = await newcomer(t, "otto", "member");
});
afterAll(() => t.close());

const all = () => `/api/workspaces/${t.workspace.id}/channels`;
let names = 0;
async function make(who: Player, body: Record<string, unknown> = {}): Promise<string> {
  const made = await t.call(who, "POST", all(), { name: `c-${names++}`, ...body });
  expect(made.status).toBe(201);
  return `/api/channels/${made.body.channel.id}`;
}
const hidden = (who: Player) => make(who, { kind: "private" });
const add = (who: Player, path: string, whom: Player) => t.call(who, "PUT", `${path}/members/${whom.user.id}`);
const remove = (who: Player, path: string, whom: Player) => t.call(who, "DELETE", `${path}/members/${whom.user.id}`);
const send = (who: Player, path: string, body = "words") => t.call(who, "POST", `${path}/messages`, { body });
const status = async (who: Player, path: string) => (await t.call(who, "GET", path)).status;
const listed = async (who: Player, path: string) =>
  (await t.call(who, "GET", all())).body.channels.find((one: { id: string }) => path.endsWith(one.id));
async function logOf(who: Player): Promise<{ type: string; channel_id?: string; payload: { message_id?: string } }[]> {
  return (await t.call(who, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`)).body.events;
}

describe("a private channel", () => {
  test("is its members' only, and not the owner's of the workspace who is not in it", async () => {
    const { owner, moderator, member, reader } = t.cast;
    const path = await hidden(member);
    expect((await send(member, path)).status).toBe(201);
    for (const who of [owner, moderator, other, guest, reader]) {
      expect([who.user.handle, await status(who, path), (await send(who, path)).status]).toEqual([
        who.user.handle,
        404,
        who === reader ? 403 : 404,
      ]);
      expect(await listed(who, path)).toBeUndefined();
      expect((await add(who, path, who)).status).toBe(who === reader ? 403 : 404);
    }
    expect(await listed(member, path)).toMatchObject({ kind: "private", created_by: member.user.id, unread_count: 0 });
  });

  test("lets people in by any member, guests too, and tells those who are in it", async () => {
    const { member, moderator } = t.cast;
    const path = await hidden(member);
    for (const who of [other, guest, moderator]) {
      const added = await add(member, path, who);
      expect([added.status, added.body.event.type, added.body.event.payload.user_id]).toEqual([
        200,
        "channel.member_added",
        who.user.id,
      ]);
      expect((await send(who, path)).status).toBe(201);
    }
    const { members } = (await t.call(guest, "GET", `${path}/members`)).body;
    expect(members.map((one: { user: { handle: string } }) => one.user.handle)).toEqual(["mo", "mia", "otto", "gina"]);
    // Guests invite nobody, and nobody invites who is not in the workspace.
    expect((await add(guest, path, t.cast.bot)).status).toBe(403);
    expect((await add(member, path, t.cast.outsider)).status).toBe(404);
    expect((await add(other, path, t.cast.bot)).status).toBe(200);
    expect((await send(t.cast.bot, path)).status).toBe(201);
  });

  test("is lost by who leaves or is removed, which only managers in it and its maker do", async () => {
    const { member, moderator, bot } = t.cast;
    const path = await hidden(member);
    for (const who of [other, moderator, guest, bot]) await add(member, path, who);
    expect((await remove(other, path, guest)).status).toBe(403);
    expect((await remove(moderator, path, guest)).status).toBe(200);
    expect((await remove(moderator, path, guest)).status).toBe(404);
    expect((await remove(member, path, moderator)).status).toBe(200);
    expect((await t.call(other, "DELETE", `${path}/members/me`)).status).toBe(200);
    for (const who of [guest, moderator, other])
      expect([who.user.handle, await status(who, path)]).toEqual([who.user.handle, 404]);
    // The one who was removed hears that, and nothing else of the channel any more.
    const told = (await logOf(guest)).filter((one) => path.endsWith(one.channel_id ?? "-"));
    expect(told.map((one) => one.type)).toEqual(["channel.member_removed"]);
    expect((await add(member, path, other)).status).toBe(200);
    expect(await status(other, `${path}/messages`)).toBe(200);
  });

  test("is forgotten by who leaves the workspace, even when they come back", async () => {
    const { member, owner } = t.cast;
    const path = await hidden(member);
    const passing = await newcomer(t, "passing", "member");
    await add(member, path, passing);
    expect(await status(passing, path)).toBe(200);
    await t.call(owner, "DELETE", `/api/workspaces/${t.workspace.id}/members/${passing.user.id}`);
    expect(await status(passing, path)).toBe(404);
    const { invite } = (await t.call(owner, "POST", `/api/workspaces/${t.workspace.id}/invites`, {})).body;
    await t.call(passing, "POST", `/api/invites/${invite.code}/accept`, {});
    expect(await status(passing, all())).toBe(200);
    expect(await status(passing, path)).toBe(404);
  });
});

describe("a channel that changes its kind", () => {
  test("to private keeps everybody who could read it, guests too, and hides from who comes later", async () => {
    const { owner, member, reader } = t.cast;
    const path = await make(owner);
    await add(owner, path, guest);
    const { message } = (await send(member, path, "said in the open")).body;
    expect((await t.call(member, "PATCH", path, { kind: "private" })).status).toBe(403);
    expect((await t.call(owner, "PATCH", path, { kind: "private" })).body.channel.kind).toBe("private");
    for (const who of [owner, member, other, guest, reader])
      expect([who.user.handle, await status(who, `${path}/messages`)]).toEqual([who.user.handle, 200]);
    await remove(owner, path, other);
    const late = await newcomer(t, `late-${names++}`, "member");
    for (const who of [other, late]) {
      expect(await status(who, `/api/messages/${message.id}`)).toBe(404);
      expect(await listed(who, path)).toBeUndefined();
      // Its earlier events carry current rows, so they are as private as it is now.
      const told = (await logOf(who)).filter((one) => one.type !== "channel.member_removed");
      expect(told.some((one) => path.endsWith(one.channel_id ?? "-"))).toBe(false);
    }
  });

  test("tells each message once to everybody who may read it, whatever it was before", async () => {
    const { owner, member } = t.cast;
    const path = await make(owner);
    const ids: string[] = [];
    const say = async () => ids.push((await send(owner, path)).body.message.id);
    await say();
    await add(owner, path, guest);
    await say();
    await t.call(owner, "PATCH", path, { kind: "private" });
    await say();
    const times = async (who: Player) => {
      const told = (await logOf(who))
        .filter((one) => one.type === "message.created")
        .map((one) => one.payload.message_id);
      return ids.map((id) => told.filter((one) => one === id).length);
    };
    for (const who of [owner, member, other])
      expect([who.user.handle, await times(who)]).toEqual([who.user.handle, [1, 1, 1]]);
    // Guests learn by events what is said after they came; the rest is in the pages.
    expect((await times(guest)).slice(1)).toEqual([1, 1]);
    await remove(owner, path, guest);
    await t.call(owner, "PATCH", path, { kind: "public" });
    await say();
    const late = await newcomer(t, `late-${names++}`, "member");
    for (const who of [owner, member, late])
      expect([who.user.handle, await times(who)]).toEqual([who.user.handle, [1, 1, 1, 1]]);
    expect(await times(guest)).toEqual([0, 0, 0, 0]);
  });

  test("to public is everybody's, but still no guest's who was not in it", async () => {
    const { owner, member } = t.cast;
    const path = await hidden(owner);
    const { message } = (await send(owner, path, "said in private")).body;
    expect(await status(member, `/api/messages/${message.id}`)).toBe(404);
    expect((await t.call(owner, "PATCH", path, { kind: "public" })).status).toBe(200);
    for (const who of [member, other]) expect(await status(who, `/api/messages/${message.id}`)).toBe(200);
    expect(await status(guest, path)).toBe(404);
    expect(await listed(member, path)).toMatchObject({ kind: "public", unread_count: 1 });
  });
});

test("a guest who becomes a member hears each message once, where they were added too", async () => {
  const { owner } = t.cast;
  const path = await make(owner);
  const rising = await newcomer(t, `rising-${names++}`, "guest");
  await add(owner, path, rising);
  await t.call(owner, "PATCH", `/api/workspaces/${t.workspace.id}/members/${rising.user.id}`, { role: "member" });
  const { message } = (await send(owner, path)).body;
  const told = (await logOf(rising)).filter((one) => one.payload.message_id === message.id);
  expect(told.map((one) => one.type)).toEqual(["message.created"]);
});

describe("policies", () => {
  test("of posting: managers, the maker and bots of managers begin messages; everybody answers", async () => {
    const { owner, moderator, member, bot } = t.cast;
    const path = await make(member);
    expect((await t.call(owner, "PATCH", path, { post_policy: "managers" })).body.channel.post_policy).toBe("managers");
    const { message } = (await send(owner, path)).body;
    for (const who of [moderator, member, bot])
      expect([who.user.handle, (await send(who, path)).status]).toEqual([who.user.handle, 201]);
    const refused = await send(other, path);
    expect([refused.status, refused.body.code]).toEqual([403, "forbidden"]);
    const reply = await t.call(other, "POST", `/api/messages/${message.id}/thread/replies`, { body: "answered" });
    expect(reply.status).toBe(201);
    const react = await t.call(other, "POST", `/api/messages/${message.id}/reactions`, { emoji: "🦞" });
    expect(react.status).toBe(201);
  });

  test("of inviting: where only managers may, members may not", async () => {
    const { owner, member } = t.cast;
    const path = await hidden(owner);
    await add(owner, path, member);
    await t.call(owner, "PATCH", path, { invite_policy: "managers" });
    expect((await add(member, path, other)).status).toBe(403);
    expect((await add(owner, path, other)).status).toBe(200);
  });

  test("of making channels: where only managers may, members may not", async () => {
    const { owner, moderator, member } = t.cast;
    const policy = (channel_policy: string) =>
      t.call(owner, "PATCH", `/api/workspaces/${t.workspace.id}`, { channel_policy });
    await policy("managers");
    const name = `c-${names++}`;
    expect((await t.call(member, "POST", all(), { name })).status).toBe(403);
    expect((await t.call(guest, "POST", all(), { name })).status).toBe(403);
    expect((await t.call(moderator, "POST", all(), { name })).status).toBe(201);
    await policy("members");
    expect((await t.call(member, "POST", all(), { name: `c-${names++}` })).status).toBe(201);
    expect((await t.call(guest, "POST", all(), { name: `c-${names++}` })).status).toBe(403);
  });
});

test("who leaves a public channel hears nothing of it, and is back by posting or by asking", async () => {
  const { owner, member } = t.cast;
  const path = await make(owner);
  await send(owner, path, "@mia one");
  expect(await listed(member, path)).toMatchObject({ unread_count: 1, mention_count: 1, hidden: false });
  expect((await t.call(member, "DELETE", `${path}/members/me`)).body.event).toMatchObject({
    type: "channel.settings_updated",
    payload: { hidden: true },
  });
  await send(owner, path, "@mia @channel two");
  const zero = { unread_count: 0, mention_count: 0 };
  expect(await listed(member, path)).toMatchObject({ ...zero, hidden: true });
  const marked = await t.call(member, "POST", `${path}/read`, { seq: 1 });
  expect(marked.body.receipt).toMatchObject(zero);
  expect(marked.body.event.payload).toMatchObject(zero);
  expect((await t.call(member, "PUT", `${path}/members/me`)).status).toBe(200);
  expect(await listed(member, path)).toMatchObject({ ...zero, hidden: false, last_read_seq: 2 });
  await t.call(member, "DELETE", `${path}/members/me`);
  await send(owner, path, "three");
  await send(member, path, "four");
  expect(await listed(member, path)).toMatchObject({ ...zero, hidden: false, last_read_seq: 4 });
  // Nobody is taken out of what is everybody's.
  expect((await remove(owner, path, member)).status).toBe(403);
});

test("a message that names somebody and calls everybody is one mention", async () => {
  const { owner, member } = t.cast;
  const path = await make(owner);
  const { message } = (await send(owner, path, "@channel and you, @mia")).body;
  expect(await listed(member, path)).toMatchObject({ unread_count: 1, mention_count: 1 });
  await t.call(owner, "DELETE", `/api/messages/${message.id}`);
  expect(await listed(member, path)).toMatchObject({ unread_count: 0, mention_count: 0 });
  await send(owner, path, "@here");
  expect(await listed(member, path)).toMatchObject({ unread_count: 1, mention_count: 0 });
});

test("an archived channel is read, and written by nobody until it is restored", async () => {
  const { owner, member } = t.cast;
  const path = await make(owner);
  const { message } = (await send(member, path)).body;
  await t.call(owner, "PATCH", path, { archived: true });
  const one = `/api/messages/${message.id}`;
  const acts: [string, string, unknown][] = [
    ["POST", `${path}/messages`, { body: "x" }],
    ["POST", `${one}/thread/replies`, { body: "x" }],
    ["PATCH", one, { body: "x" }],
    ["POST", `${one}/reactions`, { emoji: "🦞" }],
    ["POST", `${path}/pins`, { message_id: message.id }],
  ];
  for (const [method, to, body] of acts)
    expect([to, (await t.call(member, method, to, body)).status]).toEqual([to, 409]);
  expect(await status(member, `${path}/messages`)).toBe(200);
  expect((await t.call(member, "POST", `${path}/read`, { seq: 1 })).status).toBe(200);
  await t.call(owner, "PATCH", path, { archived: false });
  for (const [method, to, body] of acts) expect([200, 201]).toContain((await t.call(member, method, to, body)).status);
});

test("what one is notified of is one's own, and their other devices hear of it", async () => {
  const { owner, member } = t.cast;
  const settings = `${await make(owner)}/notification-settings`;
  expect((await t.call(member, "GET", settings)).body).toEqual({ preference: "all" });
  for (const preference of ["mentions", "muted", "all"])
    expect((await t.call(member, "PATCH", settings, { preference })).body).toEqual({ preference });
  expect((await t.call(member, "PATCH", settings, { preference: "loud" })).status).toBe(400);
  const mine = (await logOf(member)).filter(
    (one) => one.type === "channel.settings_updated" && settings.includes(one.channel_id ?? "-"),
  );
  expect(mine).toHaveLength(3);
  expect((await logOf(owner)).filter((one) => one.type === "channel.settings_updated")).toEqual([]);
});
