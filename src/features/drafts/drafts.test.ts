import { afterAll, beforeAll, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

let names = 0;
const unique = () => `name-${names++}`;
async function channel(kind = "public"): Promise<string> {
  const path = `/api/workspaces/${t.workspace.id}/channels`;
  return (await t.call(t.cast.owner, "POST", path, { name: unique(), kind })).body.channel.id;
}
const send = async (channel_id: string, body = "words"): Promise<string> =>
  (await t.call(t.cast.owner, "POST", `/api/channels/${channel_id}/messages`, { body })).body.message.id;
const one = (id: string) => `/api/me/drafts/${id}`;
const keep = (who: Player, id: string, body: object | string) =>
  t.call(who, "PUT", one(id), typeof body === "string" ? { body } : body);
const read = (who: Player, id: string) => t.call(who, "GET", one(id));
const discard = (who: Player, id: string) => t.call(who, "DELETE", one(id));
const page = (who: Player, query = "") =>
  t.call(who, "GET", `/api/me/drafts?workspace_id=${t.workspace.id}${query && `&${query}`}`);
const listed = async (who: Player): Promise<string[]> =>
  (await page(who)).body.drafts.map((draft: { target_id: string }) => draft.target_id);
const member = (who: Player, channel_id: string, method: string) =>
  t.call(t.cast.owner, method, `/api/channels/${channel_id}/members/${who.user.id}`);
const upload = async (who: Player): Promise<string> => {
  const form = new FormData();
  form.set("file", new File(["tides"], "tides.txt"));
  const request = new Request("http://localhost", { method: "POST", body: form });
  const type = request.headers.get("content-type") ?? "";
  const body = new Uint8Array(await request.arrayBuffer());
  const path = `/api/uploads?workspace_id=${t.workspace.id}`;
  return (await t.call(who, "POST", path, body, { headers: { "content-type": type } })).body.upload.id;
};

interface Heard {
  type: string;
  channel_id?: string;
  payload: { draft_id?: string; draft?: unknown; direct_conversation_id?: string };
}
async function heard(who: Player, draft_id: string): Promise<Heard[]> {
  const path = `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`;
  const { events } = (await t.call(who, "GET", path)).body;
  return events.filter((event: Heard) => event.payload.draft_id === draft_id);
}

test("a draft is kept, changed and discarded in a channel, a direct conversation and a thread", async () => {
  const who = await newcomer(t, unique(), "member");
  const channel_id = await channel();
  const root = await send(channel_id);
  const body = { workspace_id: t.workspace.id, member_ids: [t.cast.owner.user.id] };
  const direct = (await t.call(who, "POST", "/api/dms", body)).body.conversation.id as string;
  const places = [
    [channel_id, { channel_id }],
    [direct, { direct_conversation_id: direct }],
    [root, { channel_id }],
  ] as const;
  for (const [id, place] of places) {
    expect((await read(who, id)).status).toBe(404);
    const kept = await keep(who, id, "Dear all, ");
    expect(kept.status).toBe(200);
    expect(kept.body.draft).toMatchObject({ target_id: id, body: "Dear all, ", upload_ids: [], ...place });
    expect(kept.body.event.type).toBe("draft.updated");
    t.clock.advance(1000);
    const again = await keep(who, id, "Dear all, ");
    expect(again.body).toEqual({ draft: kept.body.draft });
    const changed = await keep(who, id, "Dear crew");
    expect(changed.body.draft).toMatchObject({ id: kept.body.draft.id, body: "Dear crew" });
    expect((await read(who, id)).body).toEqual({ draft: changed.body.draft });
  }
  expect(await listed(who)).toEqual([root, direct, channel_id]);
  expect(await listed(t.cast.owner)).toEqual([]);
  for (const [id] of places) {
    expect((await discard(who, id)).body).toMatchObject({ ok: true, event: { type: "draft.deleted" } });
    expect((await discard(who, id)).body).toEqual({ ok: true });
    expect((await read(who, id)).status).toBe(404);
  }
  expect(await listed(who)).toEqual([]);
});

test("only the person's own devices are told, with the draft as it is", async () => {
  const who = await newcomer(t, unique(), "member");
  const channel_id = await channel();
  const { draft } = (await keep(who, channel_id, "for me")).body;
  await keep(who, channel_id, "for me alone");
  const told = await heard(who, draft.id);
  expect(told.map((event) => event.type)).toEqual(["draft.updated", "draft.updated"]);
  expect(told[1]).toMatchObject({ channel_id, payload: { draft: { body: "for me alone" } } });
  await discard(who, channel_id);
  expect((await heard(who, draft.id)).map((event) => [event.type, event.payload.draft])).toEqual([
    ["draft.updated", undefined],
    ["draft.updated", undefined],
    ["draft.deleted", undefined],
  ]);
  const { owner, moderator, member: mia, bot } = t.cast;
  for (const other of [owner, moderator, mia, bot]) expect(await heard(other, draft.id)).toEqual([]);
});

test("a draft too large for a frame is told without its words", async () => {
  const who = await newcomer(t, unique(), "member");
  const channel_id = await channel();
  const { draft } = (await keep(who, channel_id, "x".repeat(LIMITS.frame_bytes))).body;
  const [told] = await heard(who, draft.id);
  expect(told?.payload).not.toHaveProperty("draft");
  await keep(who, channel_id, "short");
  expect((await heard(who, draft.id))[0]?.payload.draft).toMatchObject({ body: "short" });
});

test("where somebody may no longer read, their draft is not there, and can still be discarded", async () => {
  const who = await newcomer(t, unique(), "member");
  const hidden = await channel("private");
  const root = await send(hidden);
  const absent = { [hidden]: `chn_${"0".repeat(26)}`, [root]: `msg_${"0".repeat(26)}` };
  for (const [id, none] of Object.entries(absent))
    expect((await keep(who, id, "psst")).body.error).toBe((await keep(who, none, "psst")).body.error);
  await member(who, hidden, "PUT");
  for (const id of [hidden, root]) expect((await keep(who, id, "psst")).status).toBe(200);
  expect(await listed(who)).toEqual([root, hidden]);
  await member(who, hidden, "DELETE");
  expect(await listed(who)).toEqual([]);
  for (const [id, none] of Object.entries(absent)) {
    const [there, nowhere] = [await read(who, id), await read(who, none)];
    expect([there.status, there.body.error]).toEqual([404, nowhere.body.error]);
    expect((await keep(who, id, "more")).status).toBe(404);
  }
  expect((await discard(who, root)).body).toMatchObject({ ok: true, event: { type: "draft.deleted" } });
  expect((await discard(who, root)).status).toBe(404);
  await member(who, hidden, "PUT");
  expect(await listed(who)).toEqual([hidden]);
});

test("drafts in direct conversations are out of a guest's reach, and all go with the membership", async () => {
  const who = await newcomer(t, unique(), "member");
  const { owner } = t.cast;
  const body = { workspace_id: t.workspace.id, member_ids: [owner.user.id] };
  const direct = (await t.call(who, "POST", "/api/dms", body)).body.conversation.id as string;
  await keep(who, direct, "between us");
  const path = `/api/workspaces/${t.workspace.id}/members/${who.user.id}`;
  await t.call(owner, "PATCH", path, { role: "guest" });
  expect([await listed(who), (await read(who, direct)).status]).toEqual([[], 404]);
  await t.call(owner, "PATCH", path, { role: "member" });
  expect(await listed(who)).toEqual([direct]);
  await t.call(owner, "DELETE", path);
  expect((await page(who)).status).toBe(404);
  expect(await t.db.read((tx) => tx.all("SELECT 1 FROM drafts WHERE user_id = ?", who.user.id))).toEqual([]);
});

test("whoever may only read keeps drafts like anybody; bots keep none", async () => {
  const who = await newcomer(t, unique(), "member");
  const channel_id = await channel();
  const path = `/api/workspaces/${t.workspace.id}/moderation/members/${who.user.id}`;
  await t.call(t.cast.owner, "PATCH", path, { blocked: true });
  expect((await t.call(who, "POST", `/api/channels/${channel_id}/messages`, { body: "now" })).status).toBe(403);
  expect((await keep(who, channel_id, "later")).status).toBe(200);
  for (const asked of [keep(t.cast.bot, channel_id, "beep"), read(t.cast.bot, channel_id), page(t.cast.bot)])
    expect((await asked).status).toBe(403);
});

test("it holds what could be sent: own files, quotes of the place, and no reply of its own", async () => {
  const who = await newcomer(t, unique(), "member");
  const [channel_id, elsewhere] = [await channel(), await channel("private")];
  const [root, other, hidden] = [await send(channel_id), await send(channel_id), await send(elsewhere)];
  const reply = (await t.call(who, "POST", `/api/messages/${root}/thread/replies`, { body: "aye" })).body.message.id;
  const [mine, theirs] = [await upload(who), await upload(t.cast.owner)];
  const good = { body: "", upload_ids: [mine, mine], quoted_message_id: root };
  expect((await keep(who, channel_id, good)).body.draft).toMatchObject({ upload_ids: [mine], quoted_message_id: root });
  expect((await keep(who, root, { body: "so", quoted_message_id: reply })).status).toBe(200);
  for (const quoted_message_id of [hidden, reply, `msg_${"0".repeat(26)}`]) {
    const refused = await keep(who, channel_id, { body: "see", quoted_message_id });
    expect([refused.status, refused.body.error]).toEqual([400, expect.stringContaining("of the same conversation")]);
  }
  expect((await keep(who, root, { body: "see", quoted_message_id: other })).status).toBe(400);
  expect((await keep(who, channel_id, { body: "see", upload_ids: [mine, theirs] })).status).toBe(404);
  expect((await keep(who, reply, "nested")).status).toBe(400);
  for (const bad of ["", " \n", "a\u0000b", "é".repeat(LIMITS.message_body_bytes / 2 + 1)])
    expect((await keep(who, channel_id, bad)).status).toBe(400);
  expect((await keep(who, channel_id, "é".repeat(LIMITS.message_body_bytes / 2))).status).toBe(200);
});

test("what is gone meanwhile is no longer named: a deleted message, a file that was not kept", async () => {
  const who = await newcomer(t, unique(), "member");
  const channel_id = await channel();
  const [quoted_message_id, file] = [await send(channel_id), await upload(who)];
  await keep(who, channel_id, { body: "see", quoted_message_id, upload_ids: [file] });
  await t.call(t.cast.owner, "DELETE", `/api/messages/${quoted_message_id}`);
  await t.db.write((tx) => tx.run("DELETE FROM uploads WHERE id = ?", file));
  const { draft } = (await read(who, channel_id)).body;
  expect(draft).toMatchObject({ body: "see", upload_ids: [] });
  expect(draft).not.toHaveProperty("quoted_message_id");
  expect((await page(who)).body.drafts).toEqual([draft]);
});

test("pages are newest first and whole", async () => {
  const who = await newcomer(t, unique(), "member");
  const ids: string[] = [];
  const channel_id = await channel();
  for (let n = 0; n < 7; n++) {
    ids.unshift(await send(channel_id));
    await keep(who, ids[0] ?? "", `draft ${n}`);
  }
  await t.db.write((tx) => tx.run("UPDATE drafts SET updated_at = '2026' WHERE user_id = ?", who.user.id));
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await page(who, `limit=3${cursor ? `&cursor=${cursor}` : ""}`);
    seen.push(...body.drafts.map((draft: { target_id: string }) => draft.target_id));
    cursor = body.next_cursor;
  } while (cursor);
  expect(seen).toEqual(ids);
  expect((await page(who, "cursor=nonsense")).status).toBe(400);
});

test("so many are kept and no more; those there are may still be changed", async () => {
  const who = await newcomer(t, unique(), "member");
  const [here, there] = [await channel(), await channel()];
  await keep(who, here, "first");
  await t.db.write((tx) =>
    tx.run(
      `WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO drafts (id, user_id, workspace_id, conversation_id, target_id, body, updated_at)
       SELECT 'drf_x' || i, ?, ?, 'chn_' || i, 'chn_' || i, 'x', '2020' FROM n`,
      LIMITS.drafts_per_user,
      who.user.id,
      t.workspace.id,
    ),
  );
  expect((await keep(who, there, "one more")).status).toBe(409);
  expect((await keep(who, here, "second")).status).toBe(200);
  await discard(who, here);
  expect((await keep(who, there, "one more")).status).toBe(200);
});
