import { afterAll, beforeAll, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const send = async (who: Player, body: Record<string, unknown>): Promise<string> =>
  (await t.call(who, "POST", `/api/channels/${t.general.id}/messages`, body)).body.message.id;
const edit = (who: Player, id: string, body: string) => t.call(who, "PATCH", `/api/messages/${id}`, { body });
const history = (who: Player, id: string) => t.call(who, "GET", `/api/messages/${id}/history`);
const bodies = async (id: string): Promise<string[]> =>
  (await history(t.cast.reader, id)).body.revisions.map((one: { body: string }) => one.body);

test("what a message said before is kept, oldest first, with when it was written", async () => {
  const id = await send(t.cast.member, { body: "one" });
  expect((await history(t.cast.member, id)).body).toEqual({ revisions: [] });
  const first = (await edit(t.cast.member, id, "two")).body.message;
  await edit(t.cast.member, id, "three");
  const { revisions } = (await history(t.cast.owner, id)).body;
  expect(revisions).toEqual([
    { revision: 1, body: "one", written_at: first.created_at },
    { revision: 2, body: "two", written_at: first.edited_at },
  ]);
});

test("an edit that changes nothing is none, and only the author makes one", async () => {
  const id = await send(t.cast.member, { body: "same" });
  const nothing = await edit(t.cast.member, id, " same ");
  expect([nothing.status, nothing.body.event, nothing.body.message.edited_at]).toEqual([200, undefined, undefined]);
  expect((await edit(t.cast.owner, id, "other")).status).toBe(403);
  expect(await bodies(id)).toEqual([]);
});

test("so many are kept and no more; the oldest go first, and the numbers go on", async () => {
  const id = await send(t.cast.member, { body: "0" });
  const edits = LIMITS.revisions_per_message + 3;
  for (let n = 1; n <= edits; n++) await edit(t.cast.member, id, `${n}`);
  const { revisions } = (await history(t.cast.member, id)).body;
  expect(revisions).toHaveLength(LIMITS.revisions_per_message);
  expect(revisions[0]).toMatchObject({ revision: 4, body: "3" });
  expect(revisions.at(-1)).toMatchObject({ revision: edits, body: `${edits - 1}` });
});

test("deleting a message wipes all it ever said", async () => {
  const id = await send(t.cast.member, { body: "a secret" });
  await edit(t.cast.member, id, "another secret");
  const quoting = await send(t.cast.owner, { body: "see", quoted_message_id: id });
  await t.call(t.cast.member, "DELETE", `/api/messages/${id}`);
  expect((await history(t.cast.member, id)).status).toBe(400);
  const rows = await t.db.read((tx) => tx.all("SELECT 1 FROM message_revisions WHERE message_id = ?", id));
  expect(rows).toEqual([]);
  const log = await t.call(t.cast.owner, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`);
  const told = log.body.events.filter((one: { payload: { message_id?: string } }) => one.payload.message_id === id);
  expect(JSON.stringify(told)).not.toContain("secret");
  // What others quoted of it is theirs.
  const read = await t.call(t.cast.owner, "GET", `/api/messages/${quoting}`);
  expect(read.body.message.quoted_body_snapshot).toBe("another secret");
});

test("agent activity is written over and keeps no history", async () => {
  const id = await send(t.cast.bot, { body: "thinking", kind: "agent_commentary", turn_id: "t" });
  for (let n = 0; n < 3; n++) await edit(t.cast.bot, id, `thinking ${n}`);
  expect(await bodies(id)).toEqual([]);
});
