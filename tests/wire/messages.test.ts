import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as recorded from "./recorded.ts";
import { differences } from "./shape.ts";
import { type Asker, type Json, stage, type Stage } from "./stage.ts";

let s: Stage;
beforeAll(async () => {
  s = await stage();
});
afterAll(() => s.close());

const all = () => `/api/channels/${s.general_id}/messages`;
const send = (body: unknown, who: Asker = s.member) => s.ask(who, "POST", all(), body);
const seqs = (list: Json[]): number[] => list.map((one) => one.channel_seq ?? one.thread_seq);

describe("sending", () => {
  test("answers 201 with message and event, for people and bots", async () => {
    for (const who of [s.member, s.bot]) {
      const sent = await send({ body: "  hello **there**\n", nonce: "n-1" }, who);
      expect(sent.status).toBe(201);
      expect(differences(sent.body, { message: recorded.root, event: recorded.messageCreated })).toEqual([]);
      const { message, event } = sent.body;
      expect(message).toMatchObject({ body: "hello **there**", body_format: "markdown", kind: "message" });
      expect(message).toMatchObject({ author_id: who.id, thread_root_id: message.id, reactions: [], attachments: [] });
      for (const absent of ["edited_at", "deleted_at", "parent_message_id", "thread_seq", "turn_id"])
        expect(message).not.toHaveProperty(absent);
      expect(event).toMatchObject({ type: "message.created", seq: message.channel_seq, channel_id: s.general_id });
      expect(Object.keys(event.payload).sort()).toEqual(["author_id", "correlation_id", "message_id", "nonce"]);
      expect(event).not.toHaveProperty("mentioned_user_ids");
    }
    const plain = await send({ body: "no nonce" });
    expect(plain.body.message).not.toHaveProperty("nonce");
    expect(plain.body.event.payload).not.toHaveProperty("nonce");
  });

  test("the same nonce is the stored message, 200 and no event; other content or place is 409", async () => {
    for (const who of [s.member, s.bot]) {
      const first = await send({ body: "once", nonce: "once" }, who);
      const again = await send({ body: "once", nonce: "once" }, who);
      expect([again.status, Object.keys(again.body)]).toEqual([200, ["message"]]);
      expect(again.body.message.id).toBe(first.body.message.id);
      expect(differences(again.body, { message: recorded.root })).toEqual([]);
      const before = (await s.ask(who, "GET", `${all()}?limit=1`)).body.newest_seq;
      expect((await send({ body: "other", nonce: "once" }, who)).status).toBe(409);
      const thread = `/api/messages/${first.body.message.id}/thread/replies`;
      expect((await s.ask(who, "POST", thread, { body: "once", nonce: "once" })).status).toBe(409);
      expect((await s.ask(who, "GET", `${all()}?limit=1`)).body.newest_seq).toBe(before);
    }
  });

  test("agent activity is a bot's, with its turn in message and event", async () => {
    const row = { body: "thinking", kind: "agent_commentary", turn_id: "t1" };
    const sent = await send(row, s.bot);
    expect(sent.status).toBe(201);
    expect(differences(sent.body, { message: recorded.activity, event: recorded.activityCreated })).toEqual([]);
    expect((await send(row)).status).toBe(403);
    expect((await send({ body: "x", turn_id: "t1" }, s.bot)).status).toBe(400);
    expect((await send({ body: "x", kind: "shout" }, s.bot)).status).toBe(400);
    const said = { body: "x", author_model: "m", author_thinking: "high", author_runtime: "r" };
    expect((await send(said, s.bot)).body.message).toMatchObject({ author_model: "m", author_runtime: "r" });
  });

  test("quotes keep a snapshot", async () => {
    const source = await send({ body: "the original words" });
    const quoting = await send({ body: "see", quoted_message_id: source.body.message.id }, s.bot);
    expect([quoting.status, differences(quoting.body, { message: recorded.quoting })]).toEqual([201, []]);
    expect(quoting.body.message.quoted_body_snapshot).toBe("the original words");
  });

  test("empty, over-long and half-written text is 400", async () => {
    const bad: unknown[] = [
      "",
      " \n\t ",
      "x".repeat(64 * 1024 + 1),
      "é".repeat(32 * 1024 + 1),
      "a\u0000b",
      "\ud800",
      7,
      null,
    ];
    for (const body of bad) expect((await send({ body })).status).toBe(400);
    expect((await send({ body: "x".repeat(64 * 1024) })).status).toBe(201);
    expect((await send({ body: "x", nonce: "n".repeat(129) })).status).toBe(400);
    expect((await send({ body: "x", nonce: "😀".repeat(128) })).status).toBe(201);
  });

  test("by-nonce recovers a lost answer, and always says that it can", async () => {
    const supported = "x-clickclack-message-nonce";
    const find = (who: Asker | undefined, nonce: string, workspace_id = s.workspace_id) =>
      s.ask(who, "GET", `/api/messages/by-nonce?workspace_id=${workspace_id}&nonce=${encodeURIComponent(nonce)}`);
    for (const who of [s.owner, s.bot]) {
      const sent = await send({ body: "lost", nonce: "lost & found" }, who);
      const found = await find(who, "lost & found");
      expect([found.status, found.headers.get(supported)]).toEqual([200, "supported"]);
      expect(differences(found.body, { message: recorded.root })).toEqual([]);
      expect(found.body.message.id).toBe(sent.body.message.id);
      const none = await find(who, "zzz");
      expect([none.status, none.headers.get(supported)]).toEqual([404, "supported"]);
    }
    for (const answer of [await find(undefined, "x"), await find(s.reader, "x"), await find(s.member, "")])
      expect([answer.status >= 400, answer.headers.get(supported)]).toEqual([true, "supported"]);
    expect((await find(s.owner, "x", "wsp_none")).status).toBe(404);
  });
});

describe("one message", () => {
  test("is read, edited by its author, and wiped", async () => {
    for (const who of [s.member, s.bot]) {
      const { id } = (await send({ body: "before", nonce: "edits" }, who)).body.message;
      const path = `/api/messages/${id}`;
      expect(differences((await s.ask(s.reader, "GET", path)).body, { message: recorded.root })).toEqual([]);
      const edited = await s.ask(who, "PATCH", path, { body: " after " });
      expect(edited.status).toBe(200);
      const message = { ...recorded.root, edited_at: recorded.root.created_at };
      expect(differences(edited.body, { message, event: recorded.messageChanged })).toEqual([]);
      expect(edited.body.message.body).toBe("after");
      expect(edited.body.event.payload).toEqual({ message_id: id, root_message_id: id });
      expect((await s.ask(s.owner, "PATCH", path, { body: "x" })).status).toBe(403);
      expect((await s.ask(s.reader, "PATCH", path, { body: "x" })).status).toBe(403);
      expect((await s.ask(s.outsider, "PATCH", path, { body: "x" })).status).toBe(404);
      expect((await s.ask(who, "PATCH", path, { body: " " })).status).toBe(400);

      const gone = await s.ask(who, "DELETE", path);
      expect(gone.status).toBe(200);
      expect(gone.body.message).toMatchObject({ body: "", reactions: [], attachments: [] });
      expect(gone.body.message.deleted_at).toBeString();
      const event = { ...recorded.messageChanged, type: "message.deleted" };
      expect(differences(gone.body, { event, message: { ...message, body: "" } })).toEqual([]);
      expect(gone.body.event.type).toBe("message.deleted");
      const again = await s.ask(who, "DELETE", path);
      expect([again.status, Object.keys(again.body)]).toEqual([200, ["message"]]);
      expect((await s.ask(who, "PATCH", path, { body: "x" })).status).toBe(400);
    }
  });

  test("of another is deleted by the owner, not by a member or a bot", async () => {
    const { id } = (await send({ body: "hers" })).body.message;
    expect((await s.ask(s.bot, "DELETE", `/api/messages/${id}`)).status).toBe(403);
    const mine = (await send({ body: "his" }, s.owner)).body.message;
    expect((await s.ask(s.member, "DELETE", `/api/messages/${mine.id}`)).status).toBe(403);
    expect((await s.ask(s.owner, "DELETE", `/api/messages/${id}`)).status).toBe(200);
  });
});

describe("pages", () => {
  let path = "";
  beforeAll(async () => {
    const made = await s.ask(s.owner, "POST", `/api/workspaces/${s.workspace_id}/channels`, { name: "pages" });
    path = `/api/channels/${made.body.channel.id}/messages`;
    const empty = await s.ask(s.bot, "GET", path);
    expect(empty.body).toEqual({ messages: [], oldest_seq: 0, newest_seq: 0, has_older: false, has_newer: false });
    for (let n = 1; n <= 110; n++) await s.ask(n % 2 ? s.owner : s.bot, "POST", path, { body: `${n}` });
  });
  const page = (query: string, who = s.member) => s.ask(who, "GET", `${path}?${query}`);

  test("ascend, and say where they stand, in every mode", async () => {
    const cases: [string, number[], boolean, boolean][] = [
      ["limit=2", [109, 110], true, false],
      ["limit=2&mode=latest", [109, 110], true, false],
      ["after_seq=1&limit=1", [2], true, true],
      ["after_seq=0&limit=2", [1, 2], false, true],
      // An empty page says nothing of what lies around it.
      ["after_seq=110", [], false, false],
      ["before_seq=3", [1, 2], false, true],
      ["before_seq=4&limit=1", [3], true, true],
      ["around_seq=50&limit=3", [49, 50, 51], true, true],
      ["around_seq=110&limit=4", [107, 108, 109, 110], true, false],
      ["around_seq=1&limit=4", [1, 2, 3, 4], false, true],
    ];
    for (const [query, expected, older, newer] of cases)
      for (const who of [s.member, s.reader]) {
        const { status, body } = await page(query, who);
        expect([query, status, seqs(body.messages)]).toEqual([query, 200, expected]);
        expect([query, body.has_older, body.has_newer]).toEqual([query, older, newer]);
        expect([body.oldest_seq, body.newest_seq]).toEqual([expected[0] ?? 0, expected.at(-1) ?? 0]);
      }
    expect(differences((await page("limit=2")).body.messages, [recorded.pageRoot])).toEqual([]);
  });

  test("take one cursor, and fall back to 100 when the limit is out of range", async () => {
    for (const limit of ["0", "-1", "201", "100000"])
      expect([limit, (await page(`limit=${limit}`)).body.messages.length]).toEqual([limit, 100]);
    expect((await page("limit=200")).body.messages).toHaveLength(110);
    for (const two of ["after_seq=1&before_seq=4", "around_seq=1&after_seq=1", "mode=latest&after_seq=1"])
      expect((await page(two)).status).toBe(400);
    for (const bad of ["after_seq=x", "before_seq=-1", "mode=oldest"]) expect((await page(bad)).status).toBe(400);
  });
});

describe("threads", () => {
  const replies = (id: string) => `/api/messages/${id}/thread/replies`;

  test("a reply answers message, state and both events; its nonce replayed answers none", async () => {
    for (const who of [s.member, s.bot]) {
      const root = (await send({ body: "root" }, s.owner)).body.message;
      const sent = await s.ask(who, "POST", replies(root.id), { body: "in thread", nonce: "r-1" });
      expect(sent.status).toBe(201);
      const { message, thread_state, events } = sent.body;
      expect(differences(message, recorded.reply)).toEqual([]);
      expect(differences(thread_state, recorded.threadState)).toEqual([]);
      expect(differences(events, [recorded.replyCreated, recorded.stateUpdated])).toEqual([]);
      expect(events.map((one: Json) => one.type)).toEqual(["thread.reply_created", "thread.state_updated"]);
      expect(events[0].cursor < events[1].cursor).toBe(true);
      for (const event of events) expect(event).not.toHaveProperty("seq");
      expect(message).toMatchObject({ parent_message_id: root.id, thread_root_id: root.id, thread_seq: 1 });
      for (const absent of ["channel_seq", "thread_state"]) expect(message).not.toHaveProperty(absent);
      expect(thread_state.last_reply_author_ids).toEqual([who.id]);

      const again = await s.ask(who, "POST", replies(root.id), { body: "in thread", nonce: "r-1" });
      expect([again.status, again.body.events, again.body.message.id]).toEqual([200, [], message.id]);
      const other = await s.ask(who, "POST", replies(root.id), { body: "else", nonce: "r-1" });
      expect(other.status).toBe(409);

      const nested = await s.ask(who, "POST", replies(message.id), { body: "nested" });
      expect([nested.status, nested.body.error]).toEqual([400, "nested thread replies are not supported"]);
      expect((await s.ask(s.outsider, "POST", replies(root.id), { body: "x" })).status).toBe(404);
      expect((await s.ask(s.reader, "POST", replies(root.id), { body: "x" })).status).toBe(403);
      await s.ask(who, "DELETE", `/api/messages/${message.id}`);
    }
  });

  test("a page has root with route id, replies and state; deleted replies do not count", async () => {
    const root = (await send({ body: "root", nonce: "paged" })).body.message;
    const path = `/api/messages/${root.id}/thread`;
    const empty = (await s.ask(s.reader, "GET", path)).body;
    expect(empty).toMatchObject({ replies: [], oldest_seq: 0, newest_seq: 0, has_older: false, has_newer: false });
    const made: string[] = [];
    for (let n = 1; n <= 5; n++)
      made.push((await s.ask(s.bot, "POST", replies(root.id), { body: `${n}`, nonce: `p-${n}` })).body.message.id);
    for (const who of [s.member, s.bot, s.reader]) {
      const { body } = await s.ask(who, "GET", path);
      expect(differences(body.root, recorded.routedRoot)).toEqual([]);
      expect(differences(body.replies, [recorded.reply])).toEqual([]);
      expect(differences(body.thread_state, recorded.threadState)).toEqual([]);
      expect(body.root.route_id).toBe(empty.root.route_id);
    }
    const page = async (query: string) => seqs((await s.ask(s.member, "GET", `${path}?${query}`)).body.replies);
    expect(await page("limit=2")).toEqual([1, 2]);
    expect(await page("limit=2&latest=true")).toEqual([4, 5]);
    expect(await page("after_seq=2&limit=2")).toEqual([3, 4]);
    expect(await page("before_seq=3")).toEqual([1, 2]);
    for (const bad of ["mode=latest", "after_seq=1&before_seq=2"])
      expect((await s.ask(s.member, "GET", `${path}?${bad}`)).status).toBe(400);
    await s.ask(s.bot, "DELETE", `/api/messages/${made[4]}`);
    expect((await s.ask(s.member, "GET", path)).body.thread_state.reply_count).toBe(4);
  });
});

describe("reactions", () => {
  test("come and go once, with the count in the event", async () => {
    const { id } = (await send({ body: "react" })).body.message;
    const path = `/api/messages/${id}/reactions`;
    const lobster = `${path}/${encodeURIComponent("🦞")}`;
    for (const who of [s.bot, s.owner]) {
      const added = await s.ask(who, "POST", path, { emoji: "🦞" });
      expect(added.status).toBe(201);
      expect(differences(added.body, { reactions: [recorded.reaction], event: recorded.reacted })).toEqual([]);
      expect(added.body.event.payload).toEqual({ message_id: id, emoji: "🦞", user_id: who.id, count: 1 });
      const again = await s.ask(who, "POST", path, { emoji: "🦞" });
      expect([again.status, again.body]).toEqual([200, { reactions: added.body.reactions }]);
      const removed = await s.ask(who, "DELETE", lobster);
      expect([removed.status, removed.body.reactions]).toEqual([200, []]);
      expect(removed.body.event).toMatchObject({ type: "reaction.removed", payload: { count: 0, user_id: who.id } });
      const nothing = await s.ask(who, "DELETE", lobster);
      expect([nothing.status, nothing.body]).toEqual([200, { reactions: [] }]);
    }
  });

  test("are listed by count, then code point, from the reader's side", async () => {
    const { id } = (await send({ body: "many" })).body.message;
    const react = (who: Asker, emoji: string) => s.ask(who, "POST", `/api/messages/${id}/reactions`, { emoji });
    for (const [who, emoji] of [
      [s.bot, "🦞"],
      [s.bot, "👍"],
      [s.owner, "👍"],
      [s.owner, "☕"],
    ] as const)
      await react(who, emoji);
    const seen = async (who: Asker) => (await s.ask(who, "GET", `/api/messages/${id}`)).body.message.reactions;
    expect(await seen(s.owner)).toEqual([
      { emoji: "👍", count: 2, reacted_by_me: true },
      { emoji: "☕", count: 1, reacted_by_me: true },
      { emoji: "🦞", count: 1, reacted_by_me: false },
    ]);
    expect((await seen(s.member)).map((one: Json) => one.reacted_by_me)).toEqual([false, false, false]);
  });

  test("need an emoji, a message that is there, and the scope", async () => {
    const { id } = (await send({ body: "gone soon" })).body.message;
    const react = (who: Asker, emoji: unknown) => s.ask(who, "POST", `/api/messages/${id}/reactions`, { emoji });
    for (const bad of ["", "lol", "👍👍", "<b>", 7])
      expect([bad, (await react(s.member, bad)).status]).toEqual([bad, 400]);
    expect((await react(s.reader, "👍")).status).toBe(403);
    expect((await react(s.outsider, "👍")).status).toBe(404);
    await s.ask(s.member, "DELETE", `/api/messages/${id}`);
    expect((await react(s.member, "👍")).status).toBe(400);
  });
});
