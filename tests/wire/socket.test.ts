import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as recorded from "./recorded.ts";
import { differences } from "./shape.ts";
import { type Asker, type Json, machine, PASSWORD, stage, type Stage } from "./stage.ts";
import { bearer, type Tap, tap } from "./tap.ts";

let s: Stage;
const open: Tap[] = [];
beforeAll(async () => {
  s = await stage();
});
afterAll(async () => {
  for (const one of open) one.close();
  await s.close();
});

function listen(options: { headers?: Json; protocols?: string[] }, query = ""): Tap {
  const one = tap(s.url, `workspace_id=${s.workspace_id}${query}`, options);
  open.push(one);
  return one;
}
const send = (who: Asker, body: string) => s.ask(who, "POST", `/api/channels/${s.general_id}/messages`, { body });
const tail = async () =>
  (await s.ask(s.owner, "GET", `/api/realtime/events?workspace_id=${s.workspace_id}&include_tail=true&limit=1`)).body
    .tail_cursor as string;

describe("the handshake", () => {
  test("takes the header, the cookie or the sub-protocol, of people and bots", async () => {
    for (const who of [s.member, s.bot]) {
      await listen(bearer(who)).ready();
      const echoed = listen({ protocols: [`clickclack.bearer.${who.token}`] });
      await echoed.ready();
      expect(echoed.protocol()).toBe(`clickclack.bearer.${who.token}`);
    }
    await listen({ headers: { cookie: `cc_session=${s.member.token}`, origin: s.url } }).ready();
  });

  test("echoes the sub-protocol that was used when several are offered", async () => {
    const used = `clickclack.bearer.${s.bot.token}`;
    for (const protocols of [
      ["chat.v1", used],
      ["clickclack.bearer.", used, "chat.v2"],
      [used, "chat.v1"],
    ]) {
      const socket = listen({ protocols });
      await socket.ready();
      expect(socket.protocol()).toBe(used);
    }
  });

  test("is refused with a status and our error body before it happens", async () => {
    const deaf = await machine(s.server, s.workspace_id, s.owner.id, "deaf", ["messages:read"]);
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const shake = (who: Asker | undefined, query: string, headers: Record<string, string> = {}) =>
      s.ask(who, "GET", `/api/realtime/ws${query}`, undefined, { ...upgrade, ...headers });
    const here = `?workspace_id=${s.workspace_id}`;
    const refused: [string, number, Promise<{ status: number; body: Json }>][] = [
      ["no socket", 400, s.ask(s.member, "GET", `/api/realtime/ws${here}`)],
      ["nobody", 401, shake(undefined, here)],
      ["a bad token", 401, shake({ id: "", token: "sst_bad" }, here)],
      ["no workspace", 400, shake(s.member, "")],
      ["not a member", 404, shake(s.outsider, here)],
      ["no such workspace", 404, shake(s.bot, "?workspace_id=wsp_none")],
      ["no scope", 403, shake(deaf, here)],
      ["another site", 403, shake(s.member, here, { origin: "https://evil.example" })],
      [
        "another site by cookie",
        403,
        shake(undefined, here, { origin: "https://evil.example", cookie: `cc_session=${s.member.token}` }),
      ],
    ];
    for (const [name, status, pending] of refused) {
      const answer = await pending;
      expect([name, answer.status, typeof answer.body.error]).toEqual([name, status, "string"]);
    }
  });
});

describe("frames", () => {
  test("without a cursor begin with the retained log, then say ready with the feed's position", async () => {
    await send(s.member, "before");
    for (const who of [s.member, s.bot]) {
      const socket = listen(bearer(who));
      const ready = await socket.ready();
      const { body } = await s.ask(who, "GET", `/api/realtime/events?workspace_id=${s.workspace_id}&limit=500`);
      const durable = socket.frames.filter((one) => one.cursor !== "");
      expect(durable).toEqual(body.events);
      expect(ready).toMatchObject({ cursor: "", workspace_id: s.workspace_id });
      expect(ready.id).toMatch(/^eph_[0-9a-hjkmnp-tv-z]{26}$/);
      expect(ready.payload.cursor).toBe(durable.at(-1).cursor);
    }
  });

  test("are one bare event each, live as pulled, in the order of their cursors", async () => {
    const from = await tail();
    const sockets = [s.member, s.bot, s.reader].map((who) => listen(bearer(who), `&after_cursor=${from}`));
    for (const socket of sockets) expect((await socket.ready()).payload.cursor).toBe(from);
    const { id } = (await send(s.bot, "live")).body.message;
    await s.ask(s.member, "POST", `/api/messages/${id}/thread/replies`, { body: "reply", nonce: "live-1" });
    await s.ask(s.member, "POST", `/api/messages/${id}/reactions`, { emoji: "🦞" });
    const { body } = await s.ask(s.owner, "PATCH", `/api/channels/${s.general_id}`, { purpose: "talk" });
    for (const socket of sockets) {
      await socket.until((one) => one.id === body.event.id);
      const durable = socket.frames.filter((one) => one.cursor !== "");
      const types = [
        "message.created",
        "thread.reply_created",
        "thread.state_updated",
        "reaction.added",
        "channel.updated",
      ];
      expect(durable.map((one) => one.type)).toEqual(types);
      const [created, reply, state, reaction, channel] = durable;
      const { nonce: _root, ...ids } = recorded.messageCreated.payload;
      expect(differences(created, { ...recorded.messageCreated, payload: ids })).toEqual([]);
      expect(differences(reply, recorded.replyCreated)).toEqual([]);
      expect(differences(state, recorded.stateUpdated)).toEqual([]);
      expect(differences(reaction, recorded.reacted)).toEqual([]);
      expect(differences(channel, recorded.channelUpdated)).toEqual([]);
      const { nonce: _nonce, ...root } = recorded.root;
      expect(differences(created.payload.message, root)).toEqual([]);
      expect(differences(reply.payload.message, recorded.reply)).toEqual([]);
      for (const one of [created, reply]) expect(one.payload.message).not.toHaveProperty("reactions");
      expect(reaction.payload).not.toHaveProperty("message");
      const pulled = await s.ask(
        s.member,
        "GET",
        `/api/realtime/events?workspace_id=${s.workspace_id}&after_cursor=${from}`,
      );
      expect(pulled.body.events.map((one: Json) => one.cursor)).toEqual(durable.map((one) => one.cursor));
    }
  });

  test("never bring a deleted text back, and leave out a message above 32 KiB", async () => {
    const from = await tail();
    const { id } = (await send(s.member, "never to be seen again")).body.message;
    await s.ask(s.member, "DELETE", `/api/messages/${id}`);
    const long = (await send(s.member, "x".repeat(33 * 1024))).body.message;
    const socket = listen(bearer(s.bot), `&after_cursor=${from}`);
    await socket.ready();
    expect(JSON.stringify(socket.frames)).not.toContain("never to be seen again");
    const frame = socket.frames.find((one) => one.payload.message_id === long.id);
    expect(frame.type).toBe("message.created");
    expect(frame.payload).not.toHaveProperty("message");
  });

  test("of typing reach the others only, without a cursor", async () => {
    const from = await tail();
    const [theirs, mine] = [s.bot, s.member].map((who) => listen(bearer(who), `&after_cursor=${from}`)) as [Tap, Tap];
    await Promise.all([theirs.ready(), mine.ready()]);
    const typing = { workspace_id: s.workspace_id, channel_id: s.general_id, type: "typing.started" };
    await s.ask(s.member, "POST", "/api/realtime/ephemeral", typing);
    const frame = await theirs.until((one) => one.type === "typing.started");
    expect(differences(frame, recorded.typing)).toEqual([]);
    const { id } = (await send(s.bot, "after typing")).body.message;
    await mine.until((one) => one.payload.message_id === id);
    expect(mine.frames.filter((one) => one.type === "typing.started")).toEqual([]);
  });

  test("of presence come with the first socket and after the last, as the list says", async () => {
    const from = await tail();
    const watcher = listen(bearer(s.owner), `&after_cursor=${from}`);
    await watcher.ready();
    const online = async (who: Asker) => {
      const { body } = await s.ask(who, "GET", `/api/workspaces/${s.workspace_id}/presence`);
      return body.online.map((one: Json) => one.user_id) as string[];
    };
    const newcomer = await machine(s.server, s.workspace_id, s.owner.id, "arriving", ["bot:read"]);
    const change = (state: boolean) => (one: Json) =>
      one.type === "presence.changed" && one.payload.user_id === newcomer.id && one.payload.online === state;
    const [first, second] = [0, 1].map(() => listen(bearer(newcomer), `&after_cursor=${from}`)) as [Tap, Tap];
    await Promise.all([first.ready(), second.ready()]);
    expect((await watcher.until(change(true))).cursor).toBe("");
    expect(await online(s.bot)).toContainValues([newcomer.id, s.owner.id]);
    first.close();
    await first.closed;
    second.close();
    await watcher.until(change(false));
    expect(await online(s.member)).not.toContain(newcomer.id);
    expect(watcher.frames.filter(change(true))).toHaveLength(1);
    expect(watcher.frames.filter(change(false))).toHaveLength(1);
    expect((await s.ask(s.outsider, "GET", `/api/workspaces/${s.workspace_id}/presence`)).status).toBe(404);
  });
});

describe("the end of a socket", () => {
  test("is 4001 for a cursor without a row: unknown, of elsewhere, or no cursor at all", async () => {
    const elsewhere = (await s.ask(s.owner, "POST", "/api/workspaces", { name: "Elsewhere" })).body.workspace;
    const { body } = await s.ask(s.owner, "GET", `/api/realtime/events?workspace_id=${elsewhere.id}&include_tail=true`);
    for (const cursor of [`cur_${"0".repeat(26)}`, `cur_${"z".repeat(26)}`, body.tail_cursor, "nonsense"])
      for (const who of [s.owner, s.bot]) {
        const end = await listen(bearer(who), `&after_cursor=${cursor}`).closed;
        expect(end).toEqual({ code: 4001, reason: "realtime replay limit exceeded; resync required" });
      }
  });

  test("is 1008 when its session signs out, and only then", async () => {
    const sign = { identifier: "olivia@example.com", password: PASSWORD };
    const { body } = await s.ask(undefined, "POST", "/api/auth/password/login", sign);
    const mine = { id: body.user.id, token: body.token };
    const from = await tail();
    const [ended, other] = [mine, s.owner].map((who) => listen(bearer(who), `&after_cursor=${from}`)) as [Tap, Tap];
    await Promise.all([ended.ready(), other.ready()]);
    await s.ask(mine, "POST", "/api/auth/logout", {});
    expect(await ended.closed).toEqual({ code: 1008, reason: "session revoked; sign in again" });
    const { id } = (await send(s.bot, "still here")).body.message;
    await other.until((one) => one.payload.message_id === id);
    expect(JSON.stringify(ended.frames)).not.toContain("still here");
  });
});
