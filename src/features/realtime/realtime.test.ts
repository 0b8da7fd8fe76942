import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { appendEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import { createBotToken } from "../bots/bots.ts";
import { pruneEvents } from "./realtime.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const send = (body: string) => t.call(t.cast.member, "POST", `/api/channels/${t.general.id}/messages`, { body });
const pull = (query = "", who = t.cast.member) =>
  t.call(who, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}${query}`);

test("the pull goes on from a cursor, and its tail is where it ends", async () => {
  const start = (await pull("&include_tail=true&limit=1")).body.tail_cursor;
  for (const body of ["one", "two", "three"]) await send(body);
  const page = await pull(`&after_cursor=${start}&limit=2&include_tail=true`);
  expect(page.body.events.map((one: { payload: { message: { body: string } } }) => one.payload.message.body)).toEqual([
    "one",
    "two",
  ]);
  const rest = await pull(`&after_cursor=${page.body.events.at(-1).cursor}`);
  expect(rest.body.events).toHaveLength(1);
  expect(rest.body.tail_cursor).toBeUndefined();
  expect(rest.body.events[0].cursor).toBe(page.body.tail_cursor);
  expect((await pull(`&after_cursor=${page.body.tail_cursor}`)).body.events).toEqual([]);
  expect((await pull("&after_cursor=cur_zzz")).body.events).toEqual([]);
});

test("frames carry the message as it is now, and a large one not at all", async () => {
  const start = (await pull("&include_tail=true&limit=1")).body.tail_cursor;
  const { message } = (await send("before")).body;
  await t.call(t.cast.member, "PATCH", `/api/messages/${message.id}`, { body: "after" });
  await send("x".repeat(40_000));
  const { events } = (await pull(`&after_cursor=${start}`)).body;
  expect(events.map((one: { type: string }) => one.type)).toEqual([
    "message.created",
    "message.updated",
    "message.created",
  ]);
  expect(events[0].payload.message.body).toBe("after");
  expect(events[2].payload.message).toBeUndefined();
  expect(events[2].payload.message_id).toStartWith("msg_");
});

test("thread and channel events carry their state", async () => {
  const start = (await pull("&include_tail=true&limit=1")).body.tail_cursor;
  const root = (await send("root")).body.message.id;
  await t.call(t.cast.owner, "POST", `/api/messages/${root}/thread/replies`, { body: "reply" });
  await t.call(t.cast.owner, "PATCH", `/api/channels/${t.general.id}`, { purpose: "everything" });
  const { events } = (await pull(`&after_cursor=${start}`)).body;
  const of = (type: string) => events.find((one: { type: string }) => one.type === type)?.payload;
  expect(of("thread.reply_created").message).toMatchObject({ body: "reply", thread_seq: 1 });
  expect(of("thread.state_updated").thread_state).toMatchObject({ reply_count: 1 });
  expect(of("channel.updated")).toMatchObject({ archived: false, channel: { purpose: "everything" } });
});

test("only members pull, and a bot needs the scope of what it sees", async () => {
  expect((await pull("", t.cast.outsider)).status).toBe(404);
  expect((await t.call(undefined, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}`)).status).toBe(401);
  expect((await t.call(t.cast.member, "GET", "/api/realtime/events")).status).toBe(400);
  await t.db.write((tx) =>
    tx.run(
      "UPDATE bot_tokens SET scopes = 'realtime:read workspaces:read' WHERE bot_user_id = ?",
      t.cast.reader.user.id,
    ),
  );
  const types = (await pull("", t.cast.reader)).body.events.map((one: { type: string }) => one.type);
  expect(types).toContain("channel.created");
  expect(types.some((type: string) => type.startsWith("message."))).toBe(false);
});

test("cursors rise also when the clock jumps back", async () => {
  const before = (await send("now")).body.event.cursor;
  t.clock.advance(-3_600_000);
  const after = (await send("an hour earlier")).body.event.cursor;
  expect(after > before).toBe(true);
  t.clock.advance(3_600_000);
});

test("pruning keeps the newest event, and takes by count or by age", async () => {
  const count = async () =>
    (
      await t.db.read((tx) =>
        tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM events WHERE workspace_id = ?", t.workspace.id),
      )
    )?.n;
  expect(await pruneEvents(t.db, { workspace_id: t.workspace.id, keep_latest: 3 })).toBeGreaterThan(0);
  expect(await count()).toBe(3);
  expect(await pruneEvents(t.db, { workspace_id: t.workspace.id, before_ms: Date.now() + 60_000 })).toBe(2);
  expect(await count()).toBe(1);
  const tail = (await pull("&include_tail=true")).body;
  expect(tail.tail_cursor).toBe(tail.events[0].cursor);
});

test("ephemeral events are checked like messages", async () => {
  const emit = (body: object, who = t.cast.member) =>
    t.call(who, "POST", "/api/realtime/ephemeral", { workspace_id: t.workspace.id, ...body });
  const typing = await emit({
    type: "typing.started",
    channel_id: t.general.id,
    payload: { user_id: "usr_forged", note: 1 },
  });
  expect(typing.status).toBe(202);
  expect(typing.body.event).toMatchObject({
    type: "typing.started",
    cursor: "",
    payload: { user_id: t.cast.member.user.id, channel_id: t.general.id, note: 1 },
  });
  expect((await emit({ type: "typing.started" })).status).toBe(400);
  expect((await emit({ type: "message.created", channel_id: t.general.id })).status).toBe(400);
  expect((await emit({ type: "agent.progress", channel_id: t.general.id })).status).toBe(403);
  expect((await emit({ type: "agent.progress", channel_id: t.general.id }, t.cast.bot)).status).toBe(202);
  expect((await emit({ type: "typing.started", channel_id: t.general.id }, t.cast.outsider)).status).toBe(404);
  expect((await emit({ type: "typing.started", channel_id: t.general.id }, t.cast.reader)).status).toBe(403);
  expect(
    (await emit({ type: "typing.started", channel_id: t.general.id, payload: { big: "x".repeat(9000) } })).status,
  ).toBe(400);
});

test("a log of which the reader sees little is searched in turns, to its end", async () => {
  const own = await testApp();
  const { token } = await own.db.write((tx) =>
    createBotToken(tx, {
      workspace_id: own.workspace.id,
      bot_user_id: own.cast.reader.user.id,
      scopes: ["realtime:read"],
      created_by: own.cast.owner.user.id,
      at: "2026-05-08T12:00:00.000Z",
    }),
  );
  const note = (topic: string) => (tx: Parameters<Parameters<typeof own.db.write>[0]>[0]) =>
    appendEvent(tx, {
      type: "member.updated",
      topic,
      workspace_id: own.workspace.id,
      payload: {},
      created_at: "2026-05-08T12:00:00.000Z",
    });
  const first = await own.db.write(note(topics.all(own.workspace.id)));
  await own.db.write(async (tx) => {
    for (let n = 0; n < 1200; n++) await note(topics.messages(own.workspace.id))(tx);
  });
  const last = await own.db.write(note(topics.all(own.workspace.id)));
  const pullAs = async (query: string) =>
    (
      await own.call(
        { user: own.cast.reader.user, token },
        "GET",
        `/api/realtime/events?workspace_id=${own.workspace.id}&${query}`,
      )
    ).body;
  const hidden = await pullAs(`after_cursor=${first.cursor}&include_tail=true`);
  expect(hidden.events.map((one: { cursor: string }) => one.cursor)).toEqual([last.cursor]);
  expect(hidden.tail_cursor).toBe(last.cursor);
  const everything = await own.call(
    own.cast.owner,
    "GET",
    `/api/realtime/events?workspace_id=${own.workspace.id}&after_cursor=${first.cursor}&limit=500`,
  );
  expect(everything.body.events).toHaveLength(500);
  await own.close();
});

test("saying that one is here makes nobody present", async () => {
  const said = await t.call(t.cast.member, "POST", "/api/realtime/ephemeral", {
    workspace_id: t.workspace.id,
    type: "presence.changed",
    payload: { status: "online", online: true },
  });
  expect(said.body.event.payload).toMatchObject({ status: "offline", online: false });
});
