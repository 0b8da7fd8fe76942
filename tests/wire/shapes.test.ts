/** The shapes of the document's second section, one test a bullet, for a person and for a bot. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FORM_TYPE, formOf, textFile } from "../support/form.ts";
import * as recorded from "./recorded.ts";
import { differences } from "./shape.ts";
import { type Asker, type Json, machine, stage, type Stage } from "./stage.ts";
import { bearer, tap } from "./tap.ts";

let s: Stage;
beforeAll(async () => {
  s = await stage();
});
afterAll(() => s.close());

const TIME = "2026-11-21T04:20:27.297Z";
const channel = () => `/api/channels/${s.general_id}`;
const send = (who: Asker, body: Json) => s.ask(who, "POST", `${channel()}/messages`, body);
const upload = (who: Asker, nonce?: string, value = "claw") =>
  s.ask(
    who,
    "POST",
    `/api/uploads?workspace_id=${s.workspace_id}${nonce === undefined ? "" : `&nonce=${nonce}`}`,
    formOf(textFile(value)),
    { "content-type": FORM_TYPE },
  );
const both = () => [s.member, s.bot];

const recordedUpload = {
  id: "upl_01m7y5b31147gnmdvk12twgpxw",
  workspace_id: recorded.root.workspace_id,
  owner_id: recorded.user.id,
  filename: "claw.txt",
  content_type: "text/plain",
  byte_size: 4,
  width: 0,
  height: 0,
  duration_ms: 0,
  created_at: TIME,
};
const recordedDirect = {
  id: "dm_01m7y5b33pq2pvepe7dv3k107z",
  route_id: "DN9YF5RYSAVZ61S9A",
  workspace_id: recorded.root.workspace_id,
  created_at: TIME,
  members: [recorded.user],
  can_send: true,
  last_seq: 0,
  last_read_seq: 0,
  unread_count: 0,
};
const { channel_id: _channel, ...rootWithoutPlace } = recorded.root;
const directRoot = { ...rootWithoutPlace, direct_conversation_id: recordedDirect.id };
const { channel_id: _event, ...eventWithoutPlace } = recorded.messageCreated;
const directCreated = {
  ...eventWithoutPlace,
  payload: { ...recorded.messageCreated.payload, direct_conversation_id: recordedDirect.id },
};

test("`GET /api/me` → {user}; `GET /api/workspaces` → {workspaces}; `…/channels` → {channels}", async () => {
  for (const who of both()) {
    const me = await s.ask(who, "GET", "/api/me");
    expect([me.status, Object.keys(me.body), differences(me.body.user, recorded.user)]).toEqual([200, ["user"], []]);
    const all = await s.ask(who, "GET", "/api/workspaces");
    expect([all.status, Object.keys(all.body)]).toEqual([200, ["workspaces"]]);
    expect(differences(all.body.workspaces, [{ ...recorded.workspace, role: "member" }])).toEqual([]);
    const channels = await s.ask(who, "GET", `/api/workspaces/${s.workspace_id}/channels`);
    expect([channels.status, Object.keys(channels.body)]).toEqual([200, ["channels"]]);
    expect(differences(channels.body.channels, [recorded.channel])).toEqual([]);
  }
});

test("`GET /api/channels/{id}/messages` → {messages, oldest_seq, newest_seq, has_older, has_newer}, ascending", async () => {
  const made = await s.ask(s.owner, "POST", `/api/workspaces/${s.workspace_id}/channels`, { name: "pages" });
  const path = `/api/channels/${made.body.channel.id}/messages`;
  for (let n = 0; n < 7; n++) await s.ask(s.owner, "POST", path, { body: `${n}` });
  const fields = ["messages", "oldest_seq", "newest_seq", "has_older", "has_newer"].toSorted();
  for (const who of both()) {
    const cases: [string, number[], boolean, boolean][] = [
      ["", [1, 2, 3, 4, 5, 6, 7], false, false],
      ["?limit=1", [7], true, false],
      ["?limit=200", [1, 2, 3, 4, 5, 6, 7], false, false],
      ["?after_seq=2&limit=2", [3, 4], true, true],
      ["?before_seq=3", [1, 2], false, true],
      ["?around_seq=4&limit=3", [3, 4, 5], true, true],
    ];
    for (const [query, seqs, older, newer] of cases) {
      const { status, body } = await s.ask(who, "GET", path + query);
      expect([query, status, Object.keys(body).toSorted()]).toEqual([query, 200, fields]);
      expect([query, body.messages.map((one: Json) => one.channel_seq)]).toEqual([query, seqs]);
      expect([body.oldest_seq, body.newest_seq]).toEqual([seqs[0], seqs.at(-1)]);
      expect([body.has_older, body.has_newer]).toEqual([older, newer]);
      expect(differences(body.messages, [recorded.pageRoot])).toEqual([]);
    }
  }
});

test("`POST …/messages` → 201 {message, event}; the same nonce → 200 {message}; with other content or place → 409", async () => {
  for (const who of both()) {
    const file = (await upload(who)).body.upload.id;
    const quoted = (await send(who, { body: "quote me" })).body.message.id;
    const body = { body: "all of it", nonce: "sent", quoted_message_id: quoted, upload_ids: [file], unknown: { x: 1 } };
    const sent = await send(who, body);
    expect([sent.status, Object.keys(sent.body).toSorted()]).toEqual([201, ["event", "message"]]);
    expect(differences(sent.body, { message: recorded.root, event: recorded.messageCreated })).toEqual([]);
    expect(sent.body.message.id).toMatch(/^msg_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(sent.body.message.id > `${quoted}`).toBe(true);
    expect(sent.body.message.attachments.map((one: Json) => one.id)).toEqual([file]);
    const again = await send(who, body);
    expect([again.status, again.body]).toEqual([200, { message: sent.body.message }]);
    const before = (await s.ask(who, "GET", `${channel()}/messages?limit=1`)).body.newest_seq;
    expect((await send(who, { ...body, body: "other" })).status).toBe(409);
    expect((await send(who, { ...body, quoted_message_id: undefined })).status).toBe(409);
    const reply = `/api/messages/${quoted}/thread/replies`;
    expect((await s.ask(who, "POST", reply, { body: "all of it", nonce: "sent" })).status).toBe(409);
    expect((await s.ask(who, "GET", `${channel()}/messages?limit=1`)).body.newest_seq).toBe(before);
    expect((await send(who, { body: "x".repeat(64 * 1024) })).status).toBe(201);
    expect((await send(who, { body: "x".repeat(64 * 1024 + 1) })).status).toBe(400);
    expect((await send(who, { body: "", upload_id: file })).status).toBe(201);
  }
  const activity = { body: "thinking", kind: "agent_tool", turn_id: "t1", author_model: "m", author_thinking: "high" };
  const row = await send(s.bot, { ...activity, author_runtime: "r" });
  expect([row.status, differences(row.body.message, recorded.activity)]).toEqual([201, []]);
  expect(row.body.message).toMatchObject({ ...activity, author_runtime: "r" });
});

test("`POST …/thread/replies` → 201 {message, thread_state, events}; `GET …/thread` → {root, replies, thread_state, …}", async () => {
  for (const who of both()) {
    const root = (await send(s.owner, { body: "root" })).body.message;
    const replies = `/api/messages/${root.id}/thread/replies`;
    const replied = await s.ask(who, "POST", replies, { body: "reply", nonce: "replied" });
    expect([replied.status, Object.keys(replied.body).toSorted()]).toEqual([
      201,
      ["events", "message", "thread_state"],
    ]);
    expect(differences(replied.body.message, recorded.reply)).toEqual([]);
    expect(differences(replied.body.thread_state, recorded.threadState)).toEqual([]);
    expect(differences(replied.body.events, [recorded.replyCreated, recorded.stateUpdated])).toEqual([]);
    const again = await s.ask(who, "POST", replies, { body: "reply", nonce: "replied" });
    expect([again.status, again.body.events, again.body.message.id]).toEqual([200, [], replied.body.message.id]);
    const thread = await s.ask(who, "GET", `/api/messages/${root.id}/thread`);
    const fields = ["has_newer", "has_older", "newest_seq", "oldest_seq", "replies", "root", "thread_state"];
    expect([thread.status, Object.keys(thread.body).toSorted()]).toEqual([200, fields]);
    expect(differences(thread.body.root, { ...recorded.base, route_id: recorded.routedRoot.route_id })).toEqual([]);
    expect(thread.body.replies.map((one: Json) => one.id)).toEqual([replied.body.message.id]);
  }
});

test("`GET /api/messages/by-nonce` and `GET /api/uploads/by-nonce`: always the header, 404 when there is none", async () => {
  for (const who of both())
    for (const [kind, header] of [
      ["messages", "x-clickclack-message-nonce"],
      ["uploads", "x-clickclack-upload-nonce"],
    ] as const) {
      const find = (nonce: string, as: Asker | undefined = who) =>
        s.ask(as, "GET", `/api/${kind}/by-nonce?workspace_id=${s.workspace_id}&nonce=${nonce}`);
      const made = kind === "messages" ? await send(who, { body: "x", nonce: "found" }) : await upload(who, "found");
      const found = await find("found");
      const one = kind === "messages" ? "message" : "upload";
      expect([kind, found.status, found.headers.get(header)]).toEqual([kind, 200, "supported"]);
      expect([Object.keys(found.body), found.body[one].id]).toEqual([[one], made.body[one].id]);
      const nobody = { id: "", token: "wrong" };
      for (const [answer, status] of [
        [await find("none"), 404],
        [await find("found", s.owner), 404],
        [await find("found", s.outsider), 404],
        [await find("found", s.reader), 403],
        [await find("found", nobody), 401],
      ] as const)
        expect([kind, answer.status, answer.headers.get(header)]).toEqual([kind, status, "supported"]);
    }
});

test("`POST /api/uploads?workspace_id=&nonce=` → {upload}; `POST /api/messages/{id}/attachments` {upload_id}", async () => {
  for (const who of both()) {
    const made = await upload(who, "attached");
    expect([made.status, Object.keys(made.body)]).toEqual([201, ["upload"]]);
    expect(differences(made.body.upload, recordedUpload)).toEqual([]);
    const again = await upload(who, "attached");
    expect([again.status, again.body]).toEqual([200, made.body]);
    const { id } = (await send(who, { body: "with a file" })).body.message;
    const attach = () => s.ask(who, "POST", `/api/messages/${id}/attachments`, { upload_id: made.body.upload.id });
    const attached = await attach();
    expect([attached.status, attached.body.ok, attached.body.event.type]).toEqual([200, true, "message.updated"]);
    expect([(await attach()).body]).toEqual([{ ok: true }]);
    expect((await s.ask(s.reader, "GET", `/api/messages/${id}`)).body.message.attachments).toEqual([made.body.upload]);
  }
  expect((await s.ask(s.member, "POST", `/api/uploads?workspace_id=${s.workspace_id}`, "{}")).status).toBe(400);
});

describe("direct conversations", () => {
  const open = (who: Asker, ...others: Asker[]) =>
    s.ask(who, "POST", "/api/dms", { workspace_id: s.workspace_id, member_ids: others.map((one) => one.id) });

  test("`POST /api/dms` {workspace_id, member_ids} → {conversation}; an existing one is returned, not doubled", async () => {
    for (const who of both()) {
      const made = await open(who, s.owner);
      expect([made.status, differences(made.body, { conversation: recordedDirect })]).toEqual([201, []]);
      expect(made.body.conversation.members.map((one: Json) => one.id).toSorted()).toEqual(
        [who.id, s.owner.id].toSorted(),
      );
      for (const again of [await open(who, s.owner), await open(s.owner, who, who, s.owner)])
        expect([again.status, again.body.conversation.id]).toEqual([201, made.body.conversation.id]);
      const path = `/api/dms/${made.body.conversation.id}`;
      const sent = await s.ask(who, "POST", `${path}/messages`, { body: "psst", nonce: `dm-${who.id}` });
      expect(sent.status).toBe(201);
      expect(differences(sent.body, { message: directRoot, event: directCreated })).toEqual([]);
      for (const absent of ["channel_id", "route_id"]) expect(sent.body.message).not.toHaveProperty(absent);
      expect(sent.body.event).not.toHaveProperty("channel_id");
      const again = await s.ask(who, "POST", `${path}/messages`, { body: "psst", nonce: `dm-${who.id}` });
      expect([again.status, Object.keys(again.body)]).toEqual([200, ["message"]]);
      const page = await s.ask(s.owner, "GET", `${path}/messages`);
      expect(page.body).toMatchObject({ oldest_seq: 1, newest_seq: 1, has_older: false, has_newer: false });
      expect(differences(page.body.messages, [{ ...directRoot, thread_state: recorded.zeroState }])).toEqual([]);
      expect((await s.ask(s.owner, "GET", path)).body.conversation).toMatchObject({ last_seq: 1, unread_count: 1 });
      const read = await s.ask(s.owner, "POST", `${path}/read`, { seq: 1 });
      expect(differences(read.body.receipt, { ...recorded.receipt, scope_id: recordedDirect.id })).toEqual([]);
      expect(read.body.event).toMatchObject({
        type: "dm.read",
        payload: { direct_conversation_id: path.slice("/api/dms/".length) },
      });
      for (const stranger of [s.outsider, s.reader, who === s.member ? s.bot : s.member])
        expect((await s.ask(stranger, "GET", path)).status).toBe(404);
      // A retry after a lost answer finds it by its nonce, in a direct conversation as anywhere.
      const found = `/api/messages/by-nonce?workspace_id=${s.workspace_id}&nonce=dm-${who.id}`;
      expect((await s.ask(who, "GET", found)).body.message.id).toBe(sent.body.message.id);
    }
    const listed = await s.ask(s.owner, "GET", `/api/dms?workspace_id=${s.workspace_id}`);
    expect([listed.status, differences(listed.body, { conversations: [recordedDirect] })]).toEqual([200, []]);
    expect((await s.ask(s.reader, "POST", "/api/dms", { workspace_id: s.workspace_id, member_ids: [] })).status).toBe(
      403,
    );
  });

  test("the same group of people in a second group is the first; notes to self have one member", async () => {
    const group = await open(s.member, s.owner, s.bot);
    expect(group.body.conversation.members).toHaveLength(3);
    for (const again of [await open(s.bot, s.member, s.owner), await open(s.owner, s.bot, s.member, s.owner)])
      expect(again.body.conversation.id).toBe(group.body.conversation.id);
    for (const who of both()) {
      const notes = await open(who);
      expect([notes.status, notes.body.conversation.can_send]).toEqual([201, true]);
      expect(notes.body.conversation.members.map((one: Json) => one.id)).toEqual([who.id]);
      expect((await open(who, who)).body.conversation.id).toBe(notes.body.conversation.id);
      const note = await s.ask(who, "POST", `/api/dms/${notes.body.conversation.id}/messages`, { body: "remember" });
      expect(note.status).toBe(201);
      const { body } = await s.ask(who, "GET", `/api/dms?workspace_id=${s.workspace_id}`);
      const ids: string[] = body.conversations.map((one: Json) => one.id);
      // By creation, which is the order of their ids.
      expect(ids).toEqual(ids.toSorted());
      expect(body.conversations.find((one: Json) => one.id === notes.body.conversation.id).unread_count).toBe(0);
    }
  });
});

test("`GET /api/realtime/events` → {events, tail_cursor?}", async () => {
  const path = `/api/realtime/events?workspace_id=${s.workspace_id}`;
  for (const who of both()) {
    const plain = await s.ask(who, "GET", path);
    expect([plain.status, Object.keys(plain.body)]).toEqual([200, ["events"]]);
    const { tail_cursor } = (await s.ask(who, "GET", `${path}&include_tail=true&limit=1`)).body;
    expect(tail_cursor).toMatch(/^cur_[0-9a-hjkmnp-tv-z]{26}$/);
    await send(s.owner, { body: "one more" });
    const { events } = (await s.ask(who, "GET", `${path}&after_cursor=${tail_cursor}`)).body;
    expect(events.map((one: Json) => one.type)).toEqual(["message.created"]);
    expect((await s.ask(who, "GET", `${path}&after_cursor=${events[0].cursor}`)).body).toEqual({ events: [] });
  }
});

test("`GET /api/realtime/ws`: header, cookie or sub-protocol; one bare event a frame; codes 4001 and 1008", async () => {
  const query = `workspace_id=${s.workspace_id}`;
  const from = (await s.ask(s.owner, "GET", `/api/realtime/events?${query}&include_tail=true&limit=1`)).body
    .tail_cursor;
  const deaf = await machine(s.server, s.workspace_id, s.owner.id, "soon-gone", ["bot:write"]);
  for (const who of [s.member, deaf]) {
    const protocol = `clickclack.bearer.${who.token}`;
    const byHeader = tap(s.url, `${query}&after_cursor=${from}`, bearer(who));
    const byProtocol = tap(s.url, `${query}&after_cursor=${from}`, { protocols: ["chat.v1", protocol] });
    for (const socket of [byHeader, byProtocol]) await socket.ready();
    expect(byProtocol.protocol()).toBe(protocol);
    const { message, event } = (await send(s.owner, { body: "to everybody" })).body;
    for (const socket of [byHeader, byProtocol]) {
      const frame = await socket.until((one) => one.id === event.id);
      expect(frame).toMatchObject({ ...event, payload: { ...event.payload, message: { id: message.id } } });
    }
    const lost = tap(s.url, `${query}&after_cursor=cur_${"0".repeat(26)}`, bearer(who));
    expect((await lost.closed).code).toBe(4001);
    if (who === deaf) {
      const { body } = await s.ask(s.owner, "GET", `/api/workspaces/${s.workspace_id}/bots/${who.id}/tokens`);
      await s.ask(s.owner, "POST", `/api/bot-tokens/${body.bot_tokens[0].id}/revoke`);
      expect((await byHeader.closed).code).toBe(1008);
    } else {
      const byCookie = tap(s.url, query, { headers: { cookie: `cc_session=${who.token}`, origin: s.url } });
      await byCookie.ready();
      for (const socket of [byCookie, byHeader]) socket.close();
    }
    byProtocol.close();
  }
});

test("empty lists are there, counts leave out what was deleted, and refusals have the document's statuses", async () => {
  for (const who of both()) {
    const made = await s.ask(s.owner, "POST", `/api/workspaces/${s.workspace_id}/channels`, { name: `e-${who.id}` });
    const path = `/api/channels/${made.body.channel.id}`;
    const empty = { messages: [], oldest_seq: 0, newest_seq: 0, has_older: false, has_newer: false };
    expect((await s.ask(who, "GET", `${path}/messages`)).body).toEqual(empty);
    const { message } = (await s.ask(who, "POST", `${path}/messages`, { body: "x" })).body;
    expect([message.reactions, message.attachments]).toEqual([[], []]);
    const one = `/api/messages/${message.id}`;
    const reply = (await s.ask(who, "POST", `${one}/thread/replies`, { body: "y" })).body;
    expect([reply.message.reactions, reply.message.attachments]).toEqual([[], []]);
    await s.ask(who, "DELETE", `/api/messages/${reply.message.id}`);
    const state = (await s.ask(who, "GET", `${one}/thread`)).body.thread_state;
    expect(state).toEqual({ root_message_id: message.id, reply_count: 0, last_reply_author_ids: [] });
    expect((await s.ask(who, "POST", `${one}/reactions`, { emoji: "no emoji" })).status).toBe(400);
    await s.ask(who, "DELETE", one);
    expect((await s.ask(who, "POST", `${one}/reactions`, { emoji: "🦞" })).status).toBe(400);
    await s.ask(s.owner, "PATCH", path, { archived: true });
    expect((await s.ask(who, "POST", `${path}/messages`, { body: "late" })).status).toBe(409);
    expect((await s.ask(who, "POST", `${one}/thread/replies`, { body: "late" })).status).toBe(409);
  }
});
