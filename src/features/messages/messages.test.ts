import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const path = () => `/api/channels/${t.general.id}/messages`;
const send = (body: unknown, who: Player = t.cast.member) => t.call(who, "POST", path(), body);
const indexed = (word: string) =>
  t.db.read(
    async (tx) =>
      (await tx.all("SELECT rowid FROM message_search WHERE message_search MATCH ?", `body:"${word}"`)).length,
  );
const stored = () =>
  t.db.read(async (tx) => (await tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM messages"))?.n ?? 0);

describe("sending", () => {
  test("answers the message, its event and its place in the channel", async () => {
    const sent = await send({ body: "  hello **there**  ", nonce: "n-1", unknown_field: 1 });
    expect(sent.status).toBe(201);
    expect(sent.body.message).toMatchObject({
      body: "hello **there**",
      nonce: "n-1",
      channel_seq: 1,
      kind: "message",
      reactions: [],
      attachments: [],
    });
    expect(sent.body.event).toMatchObject({ type: "message.created", seq: 1, channel_id: t.general.id });
    expect(sent.body.event.payload).toMatchObject({
      message_id: sent.body.message.id,
      author_id: t.cast.member.user.id,
      nonce: "n-1",
    });
    expect(sent.body.event.payload.message).toBeUndefined();
  });

  test("null for a field is the field left out", async () => {
    const sent = await send({ body: "nothing else", nonce: null, quoted_message_id: null, kind: null });
    expect(sent.status).toBe(201);
    expect((await send({ body: null })).status).toBe(400);
  });

  test("the same nonce again is the stored message, without an event", async () => {
    const first = await send({ body: "once", nonce: "same" });
    const before = await stored();
    const again = await send({ body: "once", nonce: " same " });
    expect(again.status).toBe(200);
    expect(again.body).toEqual({ message: first.body.message });
    expect(await stored()).toBe(before);
    expect((await send({ body: "twice", nonce: "same" })).status).toBe(409);
    // A nonce is its author's: somebody else's is another message.
    expect((await send({ body: "once", nonce: "same" }, t.cast.owner)).status).toBe(201);
  });

  test("a hundred sends of one nonce at once make one message", async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => send({ body: "racing", nonce: "race" })));
    expect(answers.filter((one) => one.status === 201)).toHaveLength(1);
    expect(new Set(answers.map((one) => one.body.message.id)).size).toBe(1);
  });

  test("puts the words into the full-text index in the same transaction, in every script", async () => {
    await send({ body: "Zürich 東京タワー สวัสดี" });
    expect(await indexed("zurich")).toBe(1);
    expect(await indexed("京")).toBe(1);
    expect(await indexed("東 京")).toBe(1);
    expect(await indexed("ส")).toBe(1);
    expect(await indexed("kyoto")).toBe(0);
  });

  test("keeps a snapshot of what is quoted", async () => {
    const source = await send({ body: "the original words" });
    const quoting = await send({ body: "see", quoted_message_id: source.body.message.id });
    expect(quoting.body.message).toMatchObject({
      quoted_body_snapshot: "the original words",
      quoted_author: { handle: "mia" },
    });
    await t.call(t.cast.member, "DELETE", `/api/messages/${source.body.message.id}`);
    const read = await t.call(t.cast.member, "GET", `/api/messages/${quoting.body.message.id}`);
    expect(read.body.message.quoted_body_snapshot).toBe("the original words");
    expect((await send({ body: "late", quoted_message_id: source.body.message.id })).status).toBe(400);
    expect((await send({ body: "foreign", quoted_message_id: "msg_00000000000000000000000000" })).status).toBe(400);
  });

  test("agent activity is for bots with the scope", async () => {
    const activity = { body: "thinking", kind: "agent_commentary", turn_id: "t1" };
    const made = await send(activity, t.cast.bot);
    expect(made.body.message).toMatchObject({ kind: "agent_commentary", turn_id: "t1" });
    expect(made.body.event.payload).toMatchObject({ kind: "agent_commentary", turn_id: "t1" });
    expect((await send(activity)).status).toBe(403);
    expect((await send({ body: "x", turn_id: "t1" }, t.cast.bot)).status).toBe(400);
  });

  test("echoes a correlation id and puts it into the event", async () => {
    const sent = await t.call(
      t.cast.member,
      "POST",
      path(),
      { body: "traced" },
      { headers: { "x-correlation-id": "job:42" } },
    );
    expect(sent.headers.get("x-correlation-id")).toBe("job:42");
    expect(sent.body.event.payload.correlation_id).toBe("job:42");
    const odd = await t.call(
      t.cast.member,
      "POST",
      path(),
      { body: "odd" },
      { headers: { "x-correlation-id": "a b" } },
    );
    expect(odd.headers.get("x-correlation-id")).toMatch(/^corr_[0-9a-f]{32}$/);
  });
});

describe("bad sends change nothing", () => {
  const bad: [string, unknown, number, RegExp][] = [
    ["no body", {}, 400, /body is required/],
    ["a number", { body: 1 }, 400, /body must be a string/],
    ["blank", { body: " \n " }, 400, /must not be empty/],
    ["too long", { body: "ä".repeat(LIMITS.message_body_bytes / 2 + 1) }, 400, /at most 65536 bytes/],
    ["half a character", { body: "\ud800" }, 400, /half characters/],
    ["NUL", { body: "a\0b" }, 400, /NUL/],
    ["a long nonce", { body: "x", nonce: "n".repeat(129) }, 400, /nonce must be at most 128/],
    ["an unknown kind", { body: "x", kind: "shout" }, 400, /kind must be one of/],
    ["an array", [], 400, /must be an object/],
    ["not JSON", "{", 400, /single valid JSON value/],
    ["two values", '{"body":"a"} {"body":"b"}', 400, /single valid JSON value/],
    ["nothing", "", 400, /must be a JSON object/],
    ["invalid UTF-8", Uint8Array.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), 400, /not valid UTF-8/],
    ["too large", JSON.stringify({ body: "x".repeat(LIMITS.json_body_bytes) }), 413, /at most 1048576 bytes/],
  ];
  for (const [name, body, status, sentence] of bad) {
    test(name, async () => {
      const before = await stored();
      const answer = await send(body);
      expect(answer.status).toBe(status);
      expect(answer.body.error).toMatch(sentence);
      expect(answer.body.error).not.toMatch(/zod|invalid_type|SQL/i);
      expect(await stored()).toBe(before);
    });
  }

  test("a stream without a length is cut off at the limit", async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(256 * 1024).fill(0x20)),
    });
    const answer = await t.call(t.cast.member, "POST", path(), undefined, {
      body: endless,
      headers: { "content-type": "application/json" },
    });
    expect(answer.status).toBe(413);
  });

  test("strangers, foreign bots and missing scopes are refused by the right code", async () => {
    expect((await t.call(undefined, "POST", path(), { body: "x" })).status).toBe(401);
    expect((await send({ body: "x" }, t.cast.outsider)).status).toBe(404);
    const scope = await send({ body: "x" }, t.cast.reader);
    expect(scope.status).toBe(403);
    expect(scope.body.error).toBe("bot token is missing scope messages:write");
    // The refusals above mean something: the same request of a member works.
    expect((await send({ body: "x" })).status).toBe(201);
  });
});

describe("pages", () => {
  let channel: string;
  beforeAll(async () => {
    const made = await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/channels`, { name: "history" });
    channel = `/api/channels/${made.body.channel.id}/messages`;
    for (let n = 1; n <= 12; n++) await t.call(t.cast.member, "POST", channel, { body: `m${n}` });
  });
  const page = async (query: string) => {
    const { body } = await t.call(t.cast.member, "GET", `${channel}?${query}`);
    return {
      seqs: body.messages.map((one: { channel_seq: number }) => one.channel_seq),
      older: body.has_older,
      newer: body.has_newer,
      oldest: body.oldest_seq,
      newest: body.newest_seq,
    };
  };

  test("latest, before, after and around", async () => {
    expect(await page("limit=3")).toEqual({ seqs: [10, 11, 12], older: true, newer: false, oldest: 10, newest: 12 });
    expect(await page("limit=3&mode=latest")).toEqual(await page("limit=3"));
    expect(await page("limit=3&before_seq=4")).toEqual({
      seqs: [1, 2, 3],
      older: false,
      newer: true,
      oldest: 1,
      newest: 3,
    });
    expect(await page("limit=3&after_seq=4")).toEqual({
      seqs: [5, 6, 7],
      older: true,
      newer: true,
      oldest: 5,
      newest: 7,
    });
    expect(await page("limit=4&around_seq=6")).toEqual({
      seqs: [5, 6, 7, 8],
      older: true,
      newer: true,
      oldest: 5,
      newest: 8,
    });
    expect((await page("limit=6&around_seq=1")).seqs).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await page("limit=6&around_seq=12")).seqs).toEqual([7, 8, 9, 10, 11, 12]);
    expect((await page("limit=0")).seqs).toHaveLength(12);
    expect((await page("limit=9999")).seqs).toHaveLength(12);
    expect(await page("after_seq=99")).toEqual({ seqs: [], older: false, newer: false, oldest: 0, newest: 0 });
  });

  test("two ways in at once, and words for numbers, are refused", async () => {
    for (const query of [
      "before_seq=1&after_seq=2",
      "around_seq=1&mode=latest",
      "before_seq=x",
      "after_seq=-1",
      "limit=ten",
      "mode=oldest",
    ]) {
      expect((await t.call(t.cast.member, "GET", `${channel}?${query}`)).status).toBe(400);
    }
  });

  test("walking either way sees every message once", async () => {
    const back: number[] = [];
    for (let cursor = 1000; ;) {
      const { seqs, older } = await page(`limit=5&before_seq=${cursor}`);
      back.unshift(...seqs);
      if (!older) break;
      cursor = seqs[0];
    }
    expect(back).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
  });
});

describe("editing and deleting", () => {
  test("an edit changes words, time and index; an unchanged one says nothing", async () => {
    const { message } = (await send({ body: "misspelt wurd" })).body;
    const edited = await t.call(t.cast.member, "PATCH", `/api/messages/${message.id}`, { body: "spelt word" });
    expect(edited.body.message).toMatchObject({ body: "spelt word", edited_at: expect.any(String) });
    expect(edited.body.event.payload).toEqual({ message_id: message.id, root_message_id: message.id });
    expect([await indexed("wurd"), await indexed("spelt")]).toEqual([0, 1]);
    const again = await t.call(t.cast.member, "PATCH", `/api/messages/${message.id}`, { body: "spelt word" });
    expect([again.status, again.body.event]).toEqual([200, undefined]);
  });

  test("only its author edits, author or manager deletes, and nobody outside finds it", async () => {
    const { message } = (await send({ body: "mine alone" })).body;
    const one = `/api/messages/${message.id}`;
    expect((await t.call(t.cast.owner, "PATCH", one, { body: "theirs" })).status).toBe(403);
    expect((await t.call(t.cast.bot, "DELETE", one)).status).toBe(403);
    for (const method of ["GET", "DELETE"]) expect((await t.call(t.cast.outsider, method, one)).status).toBe(404);
    expect((await t.call(t.cast.outsider, "PATCH", one, { body: "x" })).status).toBe(404);
    expect((await t.call(t.cast.moderator, "DELETE", one)).status).toBe(200);
  });

  test("a deletion wipes words, reactions and index, keeps the place, and is done once", async () => {
    const { message } = (await send({ body: "regrettable" })).body;
    await t.call(t.cast.owner, "POST", `/api/messages/${message.id}/reactions`, { emoji: "👀" });
    const deleted = await t.call(t.cast.member, "DELETE", `/api/messages/${message.id}`);
    expect(deleted.body.message).toMatchObject({
      body: "",
      deleted_at: expect.any(String),
      channel_seq: message.channel_seq,
      reactions: [],
    });
    expect(await indexed("regrettable")).toBe(0);
    const again = await t.call(t.cast.member, "DELETE", `/api/messages/${message.id}`);
    expect([again.status, again.body.event]).toEqual([200, undefined]);
    expect((await t.call(t.cast.member, "PATCH", `/api/messages/${message.id}`, { body: "back" })).status).toBe(400);
    const log = await t.db.read((tx) => tx.all<{ payload: string }>("SELECT payload FROM events"));
    expect(JSON.stringify(log)).not.toContain("regrettable");
  });
});

test("by-nonce finds one's own message, and always says that it can", async () => {
  const { message } = (await send({ body: "lost answer", nonce: "lost" })).body;
  const query = (nonce: string) => `/api/messages/by-nonce?workspace_id=${t.workspace.id}&nonce=${nonce}`;
  const found = await t.call(t.cast.member, "GET", query("lost"));
  expect(found.body.message.id).toBe(message.id);
  const none = await t.call(t.cast.member, "GET", query("zzz"));
  expect(none.status).toBe(404);
  for (const answer of [found, none]) expect(answer.headers.get("x-clickclack-message-nonce")).toBe("supported");
  expect((await t.call(t.cast.owner, "GET", query("lost"))).status).toBe(404);
  expect((await t.call(t.cast.outsider, "GET", query("lost"))).status).toBe(404);
});
