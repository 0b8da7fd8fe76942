import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
let root: string;
beforeAll(async () => {
  t = await testApp();
  root = (await t.call(t.cast.member, "POST", `/api/channels/${t.general.id}/messages`, { body: "the root" })).body
    .message.id;
});
afterAll(() => t.close());

const reply = (body: unknown, who = t.cast.owner, to = root) =>
  t.call(who, "POST", `/api/messages/${to}/thread/replies`, body);
const thread = (query = "") => t.call(t.cast.member, "GET", `/api/messages/${root}/thread${query}`);

test("a reply is numbered, counted in its root and announced twice", async () => {
  const sent = await reply({ body: "first reply", nonce: "r-1" });
  expect(sent.status).toBe(201);
  expect(sent.body.message).toMatchObject({ thread_seq: 1, thread_root_id: root, parent_message_id: root });
  expect(sent.body.message.channel_seq).toBeUndefined();
  expect(sent.body.events.map((one: { type: string }) => one.type)).toEqual([
    "thread.reply_created",
    "thread.state_updated",
  ]);
  expect(sent.body.thread_state).toMatchObject({ reply_count: 1, last_reply_author_ids: [t.cast.owner.user.id] });
  const page = await t.call(t.cast.member, "GET", `/api/channels/${t.general.id}/messages`);
  expect(page.body.messages).toHaveLength(1);
  expect(page.body.messages[0].thread_state).toEqual(sent.body.thread_state);
});

test("the nonce of a reply, replayed, says nothing happened", async () => {
  const again = await reply({ body: "first reply", nonce: "r-1" });
  expect([again.status, again.body.events]).toEqual([200, []]);
  expect((await reply({ body: "another", nonce: "r-1" })).status).toBe(409);
  const elsewhere = await t.call(t.cast.owner, "POST", `/api/channels/${t.general.id}/messages`, {
    body: "first reply",
    nonce: "r-1",
  });
  expect(elsewhere.status).toBe(409);
});

test("the summary names the last three people, newest first, without repeats", async () => {
  for (const who of [t.cast.member, t.cast.bot, t.cast.moderator, t.cast.bot]) await reply({ body: "and me" }, who);
  const { body } = await thread();
  expect(body.thread_state.last_reply_author_ids).toEqual([
    t.cast.bot.user.id,
    t.cast.moderator.user.id,
    t.cast.member.user.id,
  ]);
  expect(body.replies.map((one: { thread_seq: number }) => one.thread_seq)).toEqual([1, 2, 3, 4, 5]);
  expect(body.root.route_id).toMatch(/^M[0-9A-HJKMNP-TV-Z]{16}$/);
  expect((await thread()).body.root.route_id).toBe(body.root.route_id);
});

test("pages begin at the earliest, or where they are asked to", async () => {
  const seqs = async (query: string) =>
    (await thread(query)).body.replies.map((one: { thread_seq: number }) => one.thread_seq);
  expect(await seqs("?limit=2")).toEqual([1, 2]);
  expect(await seqs("?limit=2&latest=true")).toEqual([4, 5]);
  expect(await seqs("?limit=2&before_seq=3")).toEqual([1, 2]);
  expect(await seqs("?limit=2&after_seq=3")).toEqual([4, 5]);
  expect(await seqs("?limit=2&around_seq=3")).toEqual([3, 4]);
  for (const query of ["?mode=latest", "?before_seq=1&after_seq=2"]) expect((await thread(query)).status).toBe(400);
});

test("a deleted reply no longer counts, nor names its author", async () => {
  const last = (await reply({ body: "short-lived" }, t.cast.member)).body;
  expect(last.thread_state.reply_count).toBe(6);
  await t.call(t.cast.member, "DELETE", `/api/messages/${last.message.id}`);
  const { body } = await thread();
  expect(body.thread_state).toMatchObject({
    reply_count: 5,
    last_reply_author_ids: [t.cast.bot.user.id, t.cast.moderator.user.id, t.cast.member.user.id],
  });
  expect(body.replies.at(-1)).toMatchObject({ body: "", deleted_at: expect.any(String) });
});

test("no reply to a reply, and none by those who may not", async () => {
  const first = (await thread()).body.replies[0].id;
  const nested = await reply({ body: "deeper" }, t.cast.owner, first);
  expect([nested.status, nested.body.error]).toEqual([400, "nested thread replies are not supported"]);
  expect((await reply({ body: "x" }, t.cast.outsider)).status).toBe(404);
  expect((await reply({ body: "x" }, t.cast.reader)).status).toBe(403);
  expect((await reply({ body: "x" }, t.cast.owner, "msg_00000000000000000000000000")).status).toBe(404);
  expect((await reply({ body: " " })).status).toBe(400);
});

test("only messages of the same thread can be quoted in it", async () => {
  const other = (await t.call(t.cast.member, "POST", `/api/channels/${t.general.id}/messages`, { body: "elsewhere" }))
    .body.message.id;
  expect((await reply({ body: "quoting", quoted_message_id: other })).status).toBe(400);
  expect((await reply({ body: "quoting", quoted_message_id: root })).body.message.quoted_body_snapshot).toBe(
    "the root",
  );
});
