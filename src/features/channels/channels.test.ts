import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const all = () => `/api/workspaces/${t.workspace.id}/channels`;
const create = (body: unknown, who = t.cast.member) => t.call(who, "POST", all(), body);

test("a channel gets a slug of its name, a purpose and an event", async () => {
  const made = await create({ name: "Release Train!", purpose: " ships on Friday " });
  expect(made.status).toBe(201);
  expect(made.body.channel).toMatchObject({
    name: "release-train",
    purpose: "ships on Friday",
    kind: "public",
    external_managed: false,
    last_seq: 0,
    unread_count: 0,
  });
  expect(made.body.event).toMatchObject({ type: "channel.created", payload: { channel_id: made.body.channel.id } });
  const list = await t.call(t.cast.reader, "GET", all());
  expect(list.body.channels.map((one: { name: string }) => one.name)).toEqual(["general", "release-train"]);
});

test("a taken name is a conflict in the words that clients look for", async () => {
  const taken = await create({ name: "general" });
  expect(taken.status).toBe(409);
  for (const word of ["channel", "name", "workspace", "unique"]) expect(taken.body.error).toContain(word);
});

test("bad names, purposes and kinds are refused", async () => {
  for (const body of [
    {},
    { name: 1 },
    { name: "x".repeat(81) },
    { name: "guest" },
    { name: "a", kind: "secret" },
    { name: "c", external_url: "javascript:alert(1)" },
    { name: "b", purpose: "p".repeat(251) },
  ]) {
    expect((await create(body)).status).toBe(400);
  }
  expect((await create({ name: "x" }, t.cast.outsider)).status).toBe(404);
  expect((await create({ name: "x" }, t.cast.bot)).status).toBe(403);
});

test("owners rename, describe, archive and restore; others may not", async () => {
  const { id } = (await create({ name: "old-name" })).body.channel;
  const one = `/api/channels/${id}`;
  for (const who of [t.cast.member, t.cast.moderator, t.cast.bot])
    expect((await t.call(who, "PATCH", one, { name: "new" })).status).toBe(403);
  expect((await t.call(t.cast.outsider, "PATCH", one, { name: "new" })).status).toBe(404);
  const renamed = await t.call(t.cast.owner, "PATCH", one, { name: "New name", display_title: "The new one" });
  expect(renamed.body.channel).toMatchObject({ name: "new-name", display_title: "The new one" });
  expect(renamed.body.event.payload).toEqual({ channel_id: id, archived: false });
  expect((await t.call(t.cast.owner, "PATCH", one, { name: "general" })).status).toBe(409);

  const archived = await t.call(t.cast.owner, "PATCH", one, { archived: true });
  expect(archived.body.channel.archived_at).toBeString();
  expect((await t.call(t.cast.owner, "POST", `${one}/messages`, { body: "too late" })).status).toBe(409);
  expect((await t.call(t.cast.owner, "GET", `${one}/messages`)).status).toBe(200);
  const restored = await t.call(t.cast.owner, "PATCH", one, { archived: false, display_title: "" });
  expect(restored.body.channel.archived_at).toBeUndefined();
  expect(restored.body.channel.display_title).toBeUndefined();
  expect((await t.call(t.cast.owner, "POST", `${one}/messages`, { body: "open again" })).status).toBe(201);
});

test("read markers only move forward, and unread counts what others wrote", async () => {
  const { id } = (await create({ name: "reading" })).body.channel;
  for (const who of [t.cast.owner, t.cast.owner, t.cast.member])
    await t.call(who, "POST", `/api/channels/${id}/messages`, { body: "hello" });
  const mine = async () =>
    (await t.call(t.cast.member, "GET", all())).body.channels.find((one: { id: string }) => one.id === id);
  expect(await mine()).toMatchObject({ last_seq: 3, last_read_seq: 0, unread_count: 2 });
  const read = await t.call(t.cast.member, "POST", `/api/channels/${id}/read`, { seq: 99 });
  expect(read.body.receipt).toMatchObject({ scope_id: id, last_read_seq: 3 });
  expect((await t.call(t.cast.member, "POST", `/api/channels/${id}/read`, { seq: 1 })).body.receipt.last_read_seq).toBe(
    3,
  );
  expect(await mine()).toMatchObject({ last_read_seq: 3, unread_count: 0 });
  expect((await t.call(t.cast.outsider, "POST", `/api/channels/${id}/read`, { seq: 1 })).status).toBe(404);
});
