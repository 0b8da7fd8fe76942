import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as recorded from "./recorded.ts";
import { differences } from "./shape.ts";
import { type Asker, type Json, machine, stage, type Stage } from "./stage.ts";

let s: Stage;
beforeAll(async () => {
  s = await stage();
});
afterAll(() => s.close());

const cursors = (events: Json[]): string[] => events.map((one) => one.cursor);

describe("events by HTTP", () => {
  const pull = (query = "", who: Asker | undefined = s.member) =>
    s.ask(who, "GET", `/api/realtime/events?workspace_id=${s.workspace_id}${query}`);

  test("come in the order of their cursors, with the current state in the payload", async () => {
    const path = `/api/channels/${s.general_id}/messages`;
    const sent = await s.ask(s.member, "POST", path, { body: "hello", nonce: "n-1" });
    const { id } = sent.body.message;
    const thread = `/api/messages/${id}/thread/replies`;
    await s.ask(s.bot, "POST", thread, { body: "in thread", nonce: "r-1" });
    await s.ask(s.bot, "POST", `/api/messages/${id}/reactions`, { emoji: "🦞" });
    await s.ask(s.bot, "DELETE", `/api/messages/${id}/reactions/${encodeURIComponent("🦞")}`);
    await s.ask(s.member, "PATCH", `/api/messages/${id}`, { body: "hello again" });
    for (const who of [s.member, s.bot, s.reader]) {
      const { status, body } = await pull("&include_tail=true", who);
      expect(status).toBe(200);
      expect(cursors(body.events)).toEqual([...cursors(body.events)].sort());
      expect(new Set(cursors(body.events)).size).toBe(body.events.length);
      expect(body.tail_cursor).toBe(body.events.at(-1).cursor);
      const of = (type: string) => body.events.find((one: Json) => one.type === type);
      expect(differences(of("channel.created"), recorded.channelCreated)).toEqual([]);
      expect(differences(of("message.created"), recorded.messageCreated)).toEqual([]);
      expect(differences(of("message.updated"), recorded.messageChanged)).toEqual([]);
      expect(differences(of("thread.reply_created"), recorded.replyCreated)).toEqual([]);
      expect(differences(of("thread.state_updated"), recorded.stateUpdated)).toEqual([]);
      expect(differences(of("reaction.added"), recorded.reacted)).toEqual([]);
      expect(of("reaction.removed").payload.count).toBe(0);
      const { message } = of("message.created").payload;
      expect(differences(message, recorded.root)).toEqual([]);
      // The rows are the current ones, and nothing in them depends on the reader.
      expect(message.body).toBe("hello again");
      expect(message).not.toHaveProperty("reactions");
      const { channel } = of("channel.created").payload;
      expect(channel).not.toHaveProperty("last_read_seq");
      expect(channel).not.toHaveProperty("unread_count");
      expect(of("thread.state_updated").payload.thread_state.reply_count).toBe(1);
      expect(of("member.joined").payload).toEqual({ user_id: expect.any(String), role: expect.any(String) });
    }
    expect((await pull()).body).not.toHaveProperty("tail_cursor");
  });

  test("continue after a cursor, which need not exist", async () => {
    const all = (await pull()).body.events;
    const [first, second] = all;
    const after = (await pull(`&after_cursor=${first.cursor}&limit=1`)).body.events;
    expect(after).toEqual([second]);
    expect((await pull(`&after_cursor=cur_${"0".repeat(26)}`)).body.events).toEqual(all);
    expect((await pull(`&after_cursor=cur_${"z".repeat(26)}`)).body.events).toEqual([]);
    expect((await pull(`&after_cursor=${all.at(-1).cursor}&include_tail=true`)).body).toEqual({
      events: [],
      tail_cursor: all.at(-1).cursor,
    });
  });

  test("come by 200 when the limit is out of range, and by 500 at most", async () => {
    const path = `/api/channels/${s.general_id}/messages`;
    await Promise.all(Array.from({ length: 510 }, (_, n) => s.ask(s.bot, "POST", path, { body: `${n}` })));
    for (const limit of ["0", "-1", "501"])
      expect([limit, (await pull(`&limit=${limit}`)).body.events.length]).toEqual([limit, 200]);
    expect((await pull()).body.events).toHaveLength(200);
    const page = (await pull("&limit=500")).body.events;
    expect(page).toHaveLength(500);
    expect(cursors(page)).toEqual([...cursors(page)].sort());
  });

  test("are for members with the scope", async () => {
    expect((await pull("", s.outsider)).status).toBe(404);
    expect((await s.ask(s.member, "GET", "/api/realtime/events")).status).toBe(400);
    const deaf = await machine(s.server, s.workspace_id, s.owner.id, "deaf", ["messages:read"]);
    const answer = await pull("", deaf);
    expect([answer.status, answer.body.error]).toEqual([403, "bot token is missing scope realtime:read"]);
  });
});

describe("ephemeral acts", () => {
  const act = (who: Asker, body: Json) =>
    s.ask(who, "POST", "/api/realtime/ephemeral", { workspace_id: s.workspace_id, ...body });

  test("answer 202 and an event without a cursor, the caller's id put in by the server", async () => {
    for (const who of [s.member, s.bot])
      for (const type of ["typing.started", "typing.stopped"]) {
        const payload = { user_id: "usr_forged", channel_id: "chn_forged", direct_conversation_id: "dm_forged", x: 1 };
        const answer = await act(who, { type, channel_id: s.general_id, payload });
        expect(answer.status).toBe(202);
        expect(differences(answer.body, { event: recorded.typing })).toEqual([]);
        const { event } = answer.body;
        expect(event.payload).toMatchObject({ user_id: who.id, channel_id: s.general_id, x: 1 });
        expect(event.payload).not.toHaveProperty("direct_conversation_id");
        expect(event).not.toHaveProperty("seq");
      }
    const progress = { type: "agent.progress", channel_id: s.general_id, payload: { turn_id: "t1", seq: 1 } };
    expect((await act(s.bot, progress)).body.event.payload).toMatchObject({ turn_id: "t1", user_id: s.bot.id });
    expect((await act(s.member, { type: "presence.changed" })).status).toBe(202);
  });

  test("are checked like messages", async () => {
    const typing = { type: "typing.started", channel_id: s.general_id };
    const bad = [
      { type: "typing.started" },
      { type: "agent.progress" },
      { type: "message.created", channel_id: s.general_id },
      { ...typing, direct_conversation_id: "dm_x" },
      { channel_id: s.general_id },
    ];
    for (const body of bad) expect([body, (await act(s.bot, body)).status]).toEqual([body, 400]);
    expect((await act(s.member, { type: "agent.progress", channel_id: s.general_id })).status).toBe(403);
    expect((await act(s.reader, typing)).body.error).toBe("bot token is missing scope messages:write");
    expect((await act(s.outsider, typing)).status).toBe(404);
    expect((await act(s.member, { ...typing, channel_id: "chn_none" })).status).toBe(404);
    const elsewhere = await s.ask(s.owner, "POST", "/api/workspaces", { name: "Elsewhere" });
    const other = await act(s.owner, { ...typing, workspace_id: elsewhere.body.workspace.id });
    expect(other.status).toBe(404);
  });
});
