import { afterAll, beforeAll, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const ws = () => `/api/workspaces/${t.workspace.id}`;
const make = (who: Player, name: string, kind = "private") => t.call(who, "POST", `${ws()}/channels`, { name, kind });
const stored = async (id: string) =>
  t.db.read((tx) =>
    tx.get<{ name: string; display_title: string; archived: number }>(
      "SELECT name, display_title, archived_at IS NOT NULL AS archived FROM channels WHERE id = ?",
      id,
    ),
  );

test("a private channel that everybody has left is archived, and its name is free", async () => {
  const { owner, member } = t.cast;
  const { channel } = (await make(member, "cabin")).body;
  const path = `/api/channels/${channel.id}`;
  await t.call(member, "PUT", `${path}/members/${owner.user.id}`);
  expect((await make(owner, "cabin")).status).toBe(409);
  await t.call(member, "DELETE", `${path}/members/me`);
  // Somebody is in it still.
  expect((await t.call(owner, "GET", path)).body.channel.name).toBe("cabin");
  expect((await make(member, "cabin")).status).toBe(409);
  expect((await t.call(owner, "DELETE", `${path}/members/me`)).status).toBe(200);
  expect(await stored(channel.id)).toEqual({ name: channel.id, display_title: "cabin", archived: 1 });
  for (const who of [owner, member]) expect((await t.call(who, "GET", path)).status).toBe(404);
  expect((await make(member, "cabin")).status).toBe(201);
});

test("so it is by whoever leaves the workspace, or is removed from it", async () => {
  const { owner } = t.cast;
  for (const [handle, by] of [
    ["ann", "me"],
    ["ben", "owner"],
  ] as const) {
    const who = await newcomer(t, handle, "member");
    const { channel } = (await make(who, `of-${handle}`)).body;
    const [actor, id] = by === "me" ? [who, "me"] : [owner, who.user.id];
    expect((await t.call(actor, "DELETE", `${ws()}/members/${id}`)).status).toBe(200);
    expect(await stored(channel.id)).toEqual({ name: channel.id, display_title: `of-${handle}`, archived: 1 });
    expect((await make(owner, `of-${handle}`)).status).toBe(201);
  }
});

test("a public channel stays what it is when its only guest leaves", async () => {
  const guest = await newcomer(t, "gus", "guest");
  await t.call(t.cast.owner, "PUT", `/api/channels/${t.general.id}/members/${guest.user.id}`);
  expect((await t.call(guest, "DELETE", `/api/channels/${t.general.id}/members/me`)).status).toBe(200);
  expect(await stored(t.general.id)).toEqual({ name: "general", display_title: "", archived: 0 });
});

test("whoever is no guest any more leaves no guest's place behind, and has nothing unread", async () => {
  const { owner, member } = t.cast;
  const guest = await newcomer(t, "gil", "guest");
  const [open, hidden] = [
    (await make(owner, "open", "public")).body.channel,
    (await make(owner, "inner")).body.channel,
  ];
  for (const { id } of [open, hidden]) await t.call(owner, "PUT", `/api/channels/${id}/members/${guest.user.id}`);
  const say = (id: string) => t.call(member, "POST", `/api/channels/${id}/messages`, { body: "ahoy" });
  await say(t.general.id);
  const copies = async () => {
    const { message } = (await say(open.id)).body;
    const rows = await t.db.read((tx) =>
      tx.all<{ topic: string }>(
        "SELECT topic FROM events WHERE type = 'message.created' AND payload LIKE ? ORDER BY topic",
        `%${message.id}%`,
      ),
    );
    return rows.map((row) => row.topic);
  };
  // Guests listen on a topic of their own.
  expect(await copies()).toEqual([`chn:${open.id}`, `wsp:${t.workspace.id}:messages`]);
  const role = (to: string) => t.call(owner, "PATCH", `${ws()}/members/${guest.user.id}`, { role: to });
  await role("member");
  expect(await copies()).toEqual([`wsp:${t.workspace.id}:messages`]);
  const { channels } = (await t.call(guest, "GET", `${ws()}/channels`)).body;
  const unread = (id: string) => channels.find((one: { id: string }) => one.id === id)?.unread_count;
  // What was said where they were not is no news; what was said where they were, is.
  expect([unread(t.general.id), unread(open.id), unread(hidden.id)]).toEqual([0, 2, 0]);

  // A guest again keeps what has places, and of public channels none.
  await role("guest");
  const left = (await t.call(guest, "GET", `${ws()}/channels`)).body.channels;
  expect(left.map((one: { id: string }) => one.id)).toEqual([hidden.id]);
  expect(await copies()).toEqual([`wsp:${t.workspace.id}:messages`]);
});
