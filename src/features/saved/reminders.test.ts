import { afterAll, beforeAll, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { remindSome } from "./reminders.ts";
import { startReminders } from "./reminding.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const HOUR_MS = 3_600_000;
let names = 0;
const unique = () => `name-${names++}`;
const inHours = (hours: number): string => new Date(t.clock.now() + hours * HOUR_MS).toISOString();
async function channel(kind = "public"): Promise<string> {
  const path = `/api/workspaces/${t.workspace.id}/channels`;
  return (await t.call(t.cast.owner, "POST", path, { name: unique(), kind })).body.channel.id;
}
const send = async (channel_id: string): Promise<string> =>
  (await t.call(t.cast.owner, "POST", `/api/channels/${channel_id}/messages`, { body: "words" })).body.message.id;
const one = (id: string) => `/api/me/saved/${id}`;
const save = (who: Player, id: string, remind_at?: string) =>
  t.call(who, "PUT", one(id), remind_at === undefined ? undefined : { remind_at });
const saved = async (who: Player, id: string) => (await t.call(who, "GET", one(id))).body.saved;
const member = (who: Player, channel_id: string, method: string) =>
  t.call(t.cast.owner, method, `/api/channels/${channel_id}/members/${who.user.id}`);
async function remindAll(at_ms = t.clock.now()): Promise<void> {
  while (await remindSome(t.db, at_ms));
}

async function reminded(who: Player): Promise<string[]> {
  const path = `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`;
  const { events } = (await t.call(who, "GET", path)).body;
  return events
    .filter((event: { type: string }) => event.type === "saved.reminded")
    .map((event: { payload: { message_id: string } }) => event.payload.message_id);
}

test("a reminder is set with the message or later, moved and taken back", async () => {
  const who = await newcomer(t, unique(), "member");
  const id = await send(await channel());
  const remind_at = inHours(2);
  const first = await save(who, id, remind_at);
  expect([first.status, first.body.saved.remind_at, first.body.event.type]).toEqual([201, remind_at, "saved.added"]);
  for (const same of [remind_at, undefined, remind_at.replace("Z", "+00:00")]) {
    const again = await save(who, id, same);
    expect([again.status, again.body]).toEqual([200, { saved: first.body.saved }]);
  }
  const moved = await save(who, id, inHours(3));
  expect([moved.status, moved.body.event.type]).toEqual([200, "saved.updated"]);
  expect(moved.body.saved.saved_at).toBe(first.body.saved.saved_at);
  expect(await saved(who, id)).toEqual(moved.body.saved);
  const { body } = await t.call(who, "GET", `/api/me/saved?workspace_id=${t.workspace.id}`);
  expect(body.saved).toMatchObject([moved.body.saved]);
  const back = await save(who, id, "");
  expect([back.body.event.type, back.body.saved]).toEqual([
    "saved.updated",
    { message_id: id, saved_at: first.body.saved.saved_at },
  ]);
  expect((await save(who, id, "")).body).not.toHaveProperty("event");
});

test("a moment is to come, not too far, and one", async () => {
  const who = await newcomer(t, unique(), "member");
  const id = await send(await channel());
  const ahead_ms = LIMITS.reminder_ahead_ms + HOUR_MS;
  const far = new Date(t.clock.now() + ahead_ms).toISOString();
  const bad = [
    inHours(-1),
    far,
    "tomorrow",
    "2030",
    "2030-01-01",
    "2030-13-01T00:00:00Z",
    "9".repeat(60),
    "+275760-09-13",
  ];
  for (const moment of bad) expect([moment, (await save(who, id, moment)).status]).toEqual([moment, 400]);
  expect((await t.call(who, "GET", one(id))).status).toBe(404);
  expect((await save(who, id, "2027-01-01T00:00:00+02:00")).body.saved.remind_at).toBe("2026-12-31T22:00:00.000Z");
});

test("when it is due its person's devices are told, once, and nobody else", async () => {
  const who = await newcomer(t, unique(), "member");
  const channel_id = await channel();
  const [soon, later] = [await send(channel_id), await send(channel_id)];
  await save(who, soon, inHours(1));
  await save(who, later, inHours(5));
  await remindAll();
  expect(await reminded(who)).toEqual([]);
  t.clock.advance(2 * HOUR_MS);
  await remindAll();
  await remindAll();
  expect(await reminded(who)).toEqual([soon]);
  for (const other of [t.cast.owner, t.cast.moderator, t.cast.bot]) expect(await reminded(other)).toEqual([]);
  expect((await saved(who, soon)).reminded_at).toBeString();
  expect(await saved(who, later)).not.toHaveProperty("reminded_at");
  const again = await save(who, soon, inHours(1));
  expect(again.body.saved).not.toHaveProperty("reminded_at");
  t.clock.advance(2 * HOUR_MS);
  await remindAll();
  expect(await reminded(who)).toEqual([soon, soon]);
});

test("what is taken off, deleted or taken back reminds nobody", async () => {
  const who = await newcomer(t, unique(), "member");
  const channel_id = await channel();
  const ids = [await send(channel_id), await send(channel_id), await send(channel_id), await send(channel_id)] as const;
  for (const id of ids) await save(who, id, inHours(1));
  await t.call(who, "DELETE", one(ids[0]));
  await t.call(t.cast.owner, "DELETE", `/api/messages/${ids[1]}`);
  await save(who, ids[2], "");
  t.clock.advance(2 * HOUR_MS);
  await remindAll();
  expect(await reminded(who)).toEqual([ids[3]]);
});

test("of what somebody may not read any more they are not reminded, also not later; it stays saved", async () => {
  const who = await newcomer(t, unique(), "member");
  const { owner } = t.cast;
  const [open, hidden] = [await channel(), await channel("private")];
  const body = { workspace_id: t.workspace.id, member_ids: [owner.user.id] };
  const direct = (await t.call(who, "POST", "/api/dms", body)).body.conversation.id as string;
  const sent = await t.call(owner, "POST", `/api/dms/${direct}/messages`, { body: "words" });
  await member(who, hidden, "PUT");
  const [inOpen, inHidden, inDirect] = [await send(open), await send(hidden), sent.body.message.id as string];
  const all = [inOpen, inHidden, inDirect];
  for (const id of all) await save(who, id, inHours(1));
  t.clock.advance(2 * HOUR_MS);
  await remindAll();
  expect((await reminded(who)).toSorted()).toEqual(all.toSorted());

  for (const id of all) await save(who, id, inHours(1));
  await member(who, hidden, "DELETE");
  const path = `/api/workspaces/${t.workspace.id}/members/${who.user.id}`;
  await t.call(owner, "PATCH", path, { role: "guest" });
  t.clock.advance(2 * HOUR_MS);
  await remindAll();
  await t.call(owner, "PATCH", path, { role: "member" });
  await member(who, hidden, "PUT");
  await remindAll();
  expect(await reminded(who)).toHaveLength(3);
  for (const id of all) expect(await saved(who, id)).not.toHaveProperty("remind_at");
});

test("somebody who left is not reminded", async () => {
  const who = await newcomer(t, unique(), "member");
  const id = await send(await channel());
  await save(who, id, inHours(1));
  await t.call(t.cast.owner, "DELETE", `/api/workspaces/${t.workspace.id}/members/${who.user.id}`);
  const count = () => t.db.read((tx) => tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM events"));
  const before = await count();
  t.clock.advance(2 * HOUR_MS);
  await remindAll();
  expect(await count()).toEqual(before);
});

test("more than one round takes are all told, and what became due while no server ran is told at the start", async () => {
  const who = await newcomer(t, unique(), "member");
  const channel_id = await channel();
  const remind_at = inHours(1);
  const count = LIMITS.reminder_batch + 5;
  for (let n = 0; n < count; n++) await save(who, await send(channel_id), remind_at);
  t.clock.advance(2 * HOUR_MS);
  const failed: unknown[] = [];
  const reminders = startReminders(t.db, t.clock, (error) => failed.push(error));
  while ((await reminded(who)).length < count) await new Promise(setImmediate);
  await reminders.stop();
  expect([(await reminded(who)).length, failed]).toEqual([count, []]);
});
