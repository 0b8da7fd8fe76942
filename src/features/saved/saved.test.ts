import { afterAll, beforeAll, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { createBot, createBotToken } from "../bots/bots.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

let names = 0;
async function channel(kind = "public"): Promise<string> {
  const body = { name: `s-${names++}`, kind };
  const made = await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/channels`, body);
  return made.body.channel.id;
}
const send = async (channel_id: string, body = "words"): Promise<string> =>
  (await t.call(t.cast.owner, "POST", `/api/channels/${channel_id}/messages`, { body })).body.message.id;
const one = (id: string) => `/api/me/saved/${id}`;
const save = (who: Player, id: string) => t.call(who, "PUT", one(id));
const unsave = (who: Player, id: string) => t.call(who, "DELETE", one(id));
const page = (who: Player, query = "") =>
  t.call(who, "GET", `/api/me/saved?workspace_id=${t.workspace.id}${query && `&${query}`}`);
const listed = async (who: Player): Promise<string[]> =>
  (await page(who)).body.saved.map((saved: { message_id: string }) => saved.message_id);
const found = async (who: Player, q: string): Promise<string[]> => {
  const query = new URLSearchParams({ workspace_id: t.workspace.id, q, sort: "newest" });
  return (await t.call(who, "GET", `/api/search?${query}`)).body.results.map((hit: { id: string }) => hit.id);
};
const member = (who: Player, channel_id: string, method: string) =>
  t.call(t.cast.owner, method, `/api/channels/${channel_id}/members/${who.user.id}`);

test("a message is saved once, listed with its words, and taken off again, and nothing else changes", async () => {
  const who = await newcomer(t, "sam", "member");
  const id = await send(await channel(), "keep this");
  expect((await t.call(who, "GET", one(id))).status).toBe(404);
  const saved = await save(who, id);
  expect([saved.status, saved.body.event.type]).toEqual([201, "saved.added"]);
  t.clock.advance(1000);
  const again = await save(who, id);
  expect([again.status, again.body]).toEqual([200, { saved: saved.body.saved }]);
  expect((await t.call(who, "GET", one(id))).body).toEqual({ saved: saved.body.saved });
  expect((await page(who)).body.saved).toMatchObject([{ ...saved.body.saved, message: { id, body: "keep this" } }]);
  expect(await listed(t.cast.owner)).toEqual([]);
  const removed = await unsave(who, id);
  expect(removed.body).toMatchObject({ ok: true, event: { type: "saved.removed" } });
  expect((await unsave(who, id)).body).toEqual({ ok: true });
  expect(await listed(who)).toEqual([]);
});

test("pages are newest first, whole, and go on where they ended while more is saved", async () => {
  const who = await newcomer(t, "pia", "member");
  const channel_id = await channel();
  const ids: string[] = [];
  // Some at the same moment, so that the order has to hold by more than time.
  for (let n = 0; n < 7; n++) {
    ids.unshift(await send(channel_id));
    await save(who, ids[0] ?? "");
    if (n % 3 === 0) t.clock.advance(1000);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await page(who, `limit=2${cursor ? `&cursor=${cursor}` : ""}`);
    seen.push(...body.saved.map((saved: { message_id: string }) => saved.message_id));
    cursor = body.next_cursor;
    t.clock.advance(1000);
    await save(who, await send(channel_id));
  } while (cursor);
  expect(seen).toEqual(ids);
  expect((await page(who, "cursor=nonsense")).status).toBe(400);
});

test("what may no longer be read is not listed, found or told of, and can still be taken off", async () => {
  const who = await newcomer(t, "lea", "member");
  const hidden = await channel("private");
  const id = await send(hidden, "plan");
  const none = "msg_00000000000000000000000000";
  expect((await save(who, id)).body.error).toBe((await save(who, none)).body.error);
  await member(who, hidden, "PUT");
  expect((await save(who, id)).status).toBe(201);
  expect([await listed(who), await found(who, "is:saved")]).toEqual([[id], [id]]);
  await member(who, hidden, "DELETE");
  expect([await listed(who), await found(who, "is:saved")]).toEqual([[], []]);
  for (const method of ["GET", "PUT"]) {
    const answer = await t.call(who, method, one(id));
    expect([answer.status, answer.body.error]).toEqual([404, (await t.call(who, method, one(none))).body.error]);
  }
  await member(who, hidden, "PUT");
  expect(await listed(who)).toEqual([id]);
  await member(who, hidden, "DELETE");
  expect((await unsave(who, id)).body.ok).toBe(true);
  expect((await unsave(who, id)).status).toBe(404);
  await member(who, hidden, "PUT");
  expect(await listed(who)).toEqual([]);
});

test("a deleted message leaves every list and its rows behind it, and cannot be saved", async () => {
  const who = await newcomer(t, "dan", "member");
  const id = await send(await channel());
  for (const one of [who, t.cast.owner]) await save(one, id);
  await t.call(t.cast.owner, "DELETE", `/api/messages/${id}`);
  expect(await listed(who)).toEqual([]);
  const rows = await t.db.read((tx) => tx.all("SELECT 1 FROM saved_messages WHERE message_id = ?", id));
  expect(rows).toEqual([]);
  expect((await save(who, id)).status).toBe(400);
});

test("only the person's own devices are told", async () => {
  const who = await newcomer(t, "eve", "member");
  const id = await send(await channel());
  const { event } = (await save(who, id)).body;
  const log = async (reader: Player): Promise<string[]> => {
    const path = `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`;
    return (await t.call(reader, "GET", path)).body.events.map((told: { id: string }) => told.id);
  };
  expect(await log(who)).toContain(event.id);
  for (const other of [t.cast.owner, t.cast.member]) expect(await log(other)).not.toContain(event.id);
  expect(event.payload).toEqual({ user_id: who.user.id, message_id: id });
});

test("a bot saves for itself; what is in direct conversations needs the scope for those", async () => {
  const at = new Date(t.clock.now()).toISOString();
  const workspace_id = t.workspace.id;
  const { user, token } = await t.db.write(async (tx) => {
    const made = await createBot(tx, { workspace_id, display_name: "Keeper", handle: "keeper", at });
    const tokenOf = async (scopes: string[]) =>
      (await createBotToken(tx, { workspace_id, bot_user_id: made.id, scopes, created_by: t.cast.owner.user.id, at }))
        .token;
    return { user: made, token: [await tokenOf(["messages:read"]), await tokenOf(["dms:read"])] as const };
  });
  const [channels, directs] = token.map((secret): Player => ({ user, token: secret }));
  if (!channels || !directs) throw new Error("a bot has two tokens");
  const opened = await t.call(t.cast.owner, "POST", "/api/dms", { workspace_id, member_ids: [user.id] });
  const path = `/api/dms/${opened.body.conversation.id}/messages`;
  const secret = (await t.call(t.cast.owner, "POST", path, { body: "for you" })).body.message.id;
  const open = await send(await channel());
  expect((await save(channels, open)).status).toBe(201);
  expect((await save(directs, open)).status).toBe(403);
  expect((await save(channels, secret)).status).toBe(403);
  const saved = await save(directs, secret);
  const { conversation } = opened.body;
  expect(saved.body.event.payload).toMatchObject({ message_id: secret, direct_conversation_id: conversation.id });
  expect(saved.body.event).not.toHaveProperty("channel_id");
  expect([await listed(channels), await listed(directs)]).toEqual([[open], [secret]]);
  expect((await unsave(channels, secret)).status).toBe(403);
  expect(await listed(directs)).toEqual([secret]);
});

test("a full list takes no more, and one again when another goes", async () => {
  const who = await newcomer(t, "max", "member");
  const channel_id = await channel();
  const ids = [await send(channel_id), await send(channel_id)] as const;
  await save(who, ids[0]);
  await t.db.write((tx) =>
    tx.run(
      `WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO saved_messages (user_id, message_id, workspace_id, created_at) SELECT ?, 'msg_' || i, ?, '2020' FROM n`,
      LIMITS.saved_per_user,
      who.user.id,
      t.workspace.id,
    ),
  );
  const refused = await save(who, ids[1]);
  expect([refused.status, refused.body.code]).toEqual([409, "conflict"]);
  expect((await save(who, ids[0])).status).toBe(200);
  await unsave(who, ids[0]);
  expect((await save(who, ids[1])).status).toBe(201);
});

test("search finds the reader's own saved messages, with and without pins, and leaves them out", async () => {
  const who = await newcomer(t, "ines", "member");
  const channel_id = await channel();
  const [plain, saved, both] = [
    await send(channel_id, "compass a"),
    await send(channel_id, "compass b"),
    await send(channel_id, "compass c"),
  ];
  for (const id of [saved, both]) await save(who, id);
  await save(t.cast.member, plain);
  await t.call(t.cast.owner, "POST", `/api/channels/${channel_id}/pins`, { message_id: both });
  expect(await found(who, "is:saved")).toEqual([both, saved]);
  expect(await found(who, "compass -is:saved")).toEqual([plain]);
  expect(await found(who, "is:saved is:pinned")).toEqual([both]);
  expect(await found(who, "is:saved -is:pinned")).toEqual([saved]);
  expect(await found(who, "compass is:pinned -is:saved after:2020")).toEqual([]);
  expect(await found(t.cast.member, "compass is:saved")).toEqual([plain]);
  await unsave(who, both);
  expect(await found(who, "is:saved compass")).toEqual([saved]);
});
