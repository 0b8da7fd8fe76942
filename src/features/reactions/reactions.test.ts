import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
let message: string;
beforeAll(async () => {
  t = await testApp();
  message = (await t.call(t.cast.member, "POST", `/api/channels/${t.general.id}/messages`, { body: "react to me" }))
    .body.message.id;
});
afterAll(() => t.close());

const add = (emoji: unknown, who = t.cast.member, to = message) =>
  t.call(who, "POST", `/api/messages/${to}/reactions`, { emoji });
const remove = (emoji: string, who = t.cast.member) =>
  t.call(who, "DELETE", `/api/messages/${message}/reactions/${encodeURIComponent(emoji)}`);

test("reactions count people, most first, then by code point", async () => {
  const added = await add("🦞");
  expect(added.status).toBe(201);
  expect(added.body.event).toMatchObject({
    type: "reaction.added",
    payload: { message_id: message, emoji: "🦞", user_id: t.cast.member.user.id, count: 1 },
  });
  await add("🎉", t.cast.owner);
  await add("🎉", t.cast.bot);
  await add("👍", t.cast.owner);
  const { body } = await t.call(t.cast.owner, "GET", `/api/messages/${message}`);
  expect(body.message.reactions).toEqual([
    { emoji: "🎉", count: 2, reacted_by_me: true },
    { emoji: "👍", count: 1, reacted_by_me: true },
    { emoji: "🦞", count: 1, reacted_by_me: false },
  ]);
});

test("a second time, and taking back what is not there, say nothing", async () => {
  const again = await add("🦞");
  expect([again.status, again.body.event]).toEqual([200, undefined]);
  const removed = await remove("🦞");
  expect(removed.body.event.payload.count).toBe(0);
  const absent = await remove("🦞");
  expect([absent.status, absent.body.event]).toEqual([200, undefined]);
});

test("a heart is one reaction with or without the emoji selector", async () => {
  await add("❤");
  expect((await add("❤️")).status).toBe(200);
  expect((await remove("❤")).body.event.type).toBe("reaction.removed");
});

test("text, two emoji and deleted messages are refused, and only those who may react", async () => {
  for (const emoji of ["lol", ":tada:", "🎉🎉", "1", "", "👍".repeat(20)]) expect((await add(emoji)).status).toBe(400);
  expect((await add(5)).status).toBe(400);
  expect((await add("👍", t.cast.outsider)).status).toBe(404);
  expect((await add("👍", t.cast.reader)).status).toBe(403);
  const gone = (await t.call(t.cast.member, "POST", `/api/channels/${t.general.id}/messages`, { body: "gone soon" }))
    .body.message.id;
  await t.call(t.cast.member, "DELETE", `/api/messages/${gone}`);
  expect((await add("👍", t.cast.member, gone)).status).toBe(400);
  expect((await add("👩‍👩‍👧‍👦")).status).toBe(201);
});

test("a message takes a bounded number of different emoji", async () => {
  const { id } = (await t.call(t.cast.member, "POST", `/api/channels/${t.general.id}/messages`, { body: "busy" })).body
    .message;
  for (let n = 0; n < 50; n++)
    expect((await add(String.fromCodePoint(0x1f400 + n), t.cast.member, id)).status).toBe(201);
  expect((await add("🎉", t.cast.member, id)).status).toBe(409);
  expect((await add(String.fromCodePoint(0x1f400), t.cast.owner, id)).status).toBe(201);
});
