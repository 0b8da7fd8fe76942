import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ClickClackClient } from "@clickclack/sdk";
import { Listener, testServer } from "../../tests/support/test-server.ts";
import { openDatabase } from "../db/open.ts";
import { createBot } from "../features/bots/bots.ts";
import { deleteEvents } from "./events.ts";

type Server = Awaited<ReturnType<typeof testServer>>;

describe("the socket", () => {
  let server: Server;
  let token: string;
  let workspace_id: string;
  let channel_id: string;
  const listeners: Listener[] = [];

  beforeAll(async () => {
    server = await testServer({}, { presence_grace_ms: 0 });
    const claim = new URL(server.claim_url ?? "").searchParams.get("token") ?? "";
    const body = {
      token: claim,
      display_name: "Ines",
      email: "ines@example.com",
      workspace_name: "Halyard",
      password: "correct horse",
    };
    const set = await call("POST", "/api/auth/setup", body);
    token = set.token;
    workspace_id = set.workspace.id;
    channel_id = set.channel.id;
  });
  afterAll(async () => {
    for (const one of listeners) one.close();
    await server.close();
  });

  async function call(method: string, path: string, body?: unknown, as: string | undefined = token) {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (as) headers.authorization = `Bearer ${as}`;
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, ...(await response.json()) };
  }
  const send = (body: string) => call("POST", `/api/channels/${channel_id}/messages`, { body });
  async function join(display_name: string) {
    const { invite } = await call("POST", `/api/workspaces/${workspace_id}/invites`, {});
    const email = `${display_name.toLowerCase().replace(" ", ".")}@example.com`;
    return call("POST", `/api/invites/${invite.code}/accept`, { display_name, email, password: "correct horse" }, "");
  }
  const tail = async () =>
    (await call("GET", `/api/realtime/events?workspace_id=${workspace_id}&limit=1&include_tail=true`))
      .tail_cursor as string;
  function listen(after_cursor: string, as = token): Listener {
    const listener = new Listener(server.url, as, `workspace_id=${workspace_id}&after_cursor=${after_cursor}`);
    listeners.push(listener);
    return listener;
  }

  test("delivers live with the current message, and says when it is ready", async () => {
    const listener = listen(await tail());
    await listener.ready();
    expect(listener.protocol).toBe(`clickclack.bearer.${token}`);
    const sent = await send("hello");
    const frame = await listener.until((one) => one.type === "message.created");
    expect(frame.payload.message).toMatchObject({ id: sent.message.id, body: "hello" });
    expect(frame.payload.message).not.toHaveProperty("reactions");
    expect(frame.cursor).toBe(sent.event.cursor);
  });

  test("replays from the ring and from the table alike, without gap or duplicate", async () => {
    const from = await tail();
    for (let n = 0; n < 30; n++) await send(`n ${n}`);
    const viaRing = listen(from);
    const viaTable = listen("");
    await Promise.all([viaRing.ready(), viaTable.ready()]);
    const ring = viaRing.durable.map((one) => one.cursor);
    expect(ring).toHaveLength(30);
    expect(viaTable.durable.map((one) => one.cursor).slice(-30)).toEqual(ring);
    expect([...ring].sort()).toEqual(ring);
    const last = await send("live again");
    await viaRing.until((one) => one.cursor === last.event.cursor);
    expect(new Set(viaRing.durable.map((one) => one.cursor)).size).toBe(31);
  });

  test("joins in the middle of a storm of sends see each event once, in order", async () => {
    const from = await tail();
    const storm = Promise.all(
      Array.from({ length: 8 }, async (_, author) => {
        for (let n = 0; n < 40; n++) await send(`${author} ${n}`);
      }),
    );
    const joined: Listener[] = [];
    for (let n = 0; n < 20; n++) {
      const listener = listen(from);
      joined.push(listener);
      await listener.ready();
    }
    await storm;
    const end = await tail();
    for (const listener of joined) await listener.until((one) => one.cursor === end);
    const expected = joined[0]?.durable.map((one) => one.cursor) ?? [];
    expect(expected).toHaveLength(320);
    for (const listener of joined) expect(listener.durable.map((one) => one.cursor)).toEqual(expected);
  });

  test("an edited or deleted message never comes back with its old words", async () => {
    const from = await tail();
    const edited = await send("first words");
    const deleted = await send("secret words");
    await call("PATCH", `/api/messages/${edited.message.id}`, { body: "second words" });
    await call("DELETE", `/api/messages/${deleted.message.id}`);
    const viaRing = listen(from);
    const viaTable = listen("");
    await Promise.all([viaRing.ready(), viaTable.ready()]);
    for (const listener of [viaRing, viaTable]) {
      const text = JSON.stringify(listener.frames);
      expect(text).toContain("second words");
      expect(text).not.toContain("first words");
      expect(text).not.toContain("secret words");
    }
  });

  test("a cursor without a row is told to resync", async () => {
    const old = await tail();
    await send("one");
    await send("two");
    await server.db.write((tx) => deleteEvents(tx, workspace_id, { keep_latest: 1 }));
    expect(await listen(old).closed).toEqual({ code: 4001, reason: "realtime replay limit exceeded; resync required" });
    expect((await listen("cur_00000000000000000000000000").closed).code).toBe(4001);
    const fresh = listen(await tail());
    await fresh.ready();
    expect(fresh.durable).toEqual([]);
  });

  test("signing out closes the session's sockets in the tick of the commit, and only those", async () => {
    const other = (
      await call("POST", "/api/auth/password/login", { identifier: "ines@example.com", password: "correct horse" }, "")
    ).token as string;
    const staying = listen(await tail());
    const leaving = listen(await tail(), other);
    await Promise.all([staying.ready(), leaving.ready()]);
    await call("POST", "/api/auth/logout", {}, other);
    expect(await leaving.closed).toEqual({ code: 1008, reason: "session revoked; sign in again" });
    const sent = await send("after the sign-out");
    await staying.until((one) => one.cursor === sent.event.cursor);
    expect(JSON.stringify(leaving.frames)).not.toContain("after the sign-out");
  });

  test("a removed member sees nothing from the removing commit on; the others miss nothing", async () => {
    const abel = await join("Abel Removed");
    const staying = listen(await tail());
    const leaving = listen(await tail(), abel.token);
    await Promise.all([staying.ready(), leaving.ready()]);
    await server.db.write(async (tx) => {
      await tx.run("DELETE FROM workspace_members WHERE workspace_id = ? AND user_id = ?", workspace_id, abel.user.id);
      tx.notify(abel.user.id);
    });
    const sent = await send("not for the removed");
    await staying.until((one) => one.cursor === sent.event.cursor);
    expect(await leaving.closed).toEqual({ code: 1008, reason: "workspace access revoked" });
    expect(JSON.stringify(leaving.frames)).not.toContain("not for the removed");
  });

  test("a change of rights in the middle of a storm loses and repeats nothing", async () => {
    const jun = await join("Jun Promoted");
    const listener = listen(await tail(), jun.token);
    await listener.ready();
    const storm = Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let n = 0; n < 30; n++) await send(`storm ${n}`);
      }),
    );
    for (let n = 0; n < 10; n++) await server.db.write(async (tx) => tx.notify(jun.user.id));
    await storm;
    const end = await tail();
    await listener.until((one) => one.cursor === end);
    const cursors = listener.durable.map((one) => one.cursor);
    expect(cursors).toHaveLength(120);
    expect(new Set(cursors).size).toBe(120);
    expect([...cursors].sort()).toEqual(cursors);
  });

  test("what an operator's command commits beside the running server arrives without a heartbeat", async () => {
    const listener = listen(await tail());
    await listener.ready();
    const command = await openDatabase(dirname(server.db.path), "test");
    const bot = await command.write((tx) =>
      createBot(tx, { workspace_id, display_name: "Beside", at: "2026-05-08T12:00:00.000Z" }),
    );
    await command.close();
    const frame = await listener.until((one) => one.type === "member.joined" && one.payload.user_id === bot.id);
    expect(frame.payload.role).toBe("bot");
    expect(listener.frames.some((one) => one.type === "realtime.heartbeat")).toBe(false);
  });

  test("typing reaches others and never its author", async () => {
    const mine = listen(await tail());
    const joined = await join("Abel");
    const theirs = listen(await tail(), joined.token);
    await Promise.all([mine.ready(), theirs.ready()]);
    const typed = await call("POST", "/api/realtime/ephemeral", { workspace_id, channel_id, type: "typing.started" });
    expect(typed.status).toBe(202);
    await theirs.until((one) => one.type === "typing.started");
    const sent = await send("done typing");
    await mine.until((one) => one.cursor === sent.event.cursor);
    expect(mine.frames.some((one) => one.type === "typing.started")).toBe(false);
  });

  test("presence follows the first and the last socket", async () => {
    const watcher = listen(await tail());
    await watcher.ready();
    const joined = await join("Jun");
    const status = (wanted: string) => (one: { type: string; payload: Record<string, unknown> }) =>
      one.type === "presence.changed" && one.payload.user_id === joined.user.id && one.payload.status === wanted;
    const first = listen(await tail(), joined.token);
    await watcher.until(status("online"));
    const second = listen(await tail(), joined.token);
    await second.ready();
    first.close();
    await first.closed;
    const present = await call("GET", `/api/workspaces/${workspace_id}/presence`);
    expect(present.online).toContainEqual({ user_id: joined.user.id, status: "online" });
    second.close();
    await watcher.until(status("offline"));
  });

  test("strangers, bad tokens and plain requests are refused before the upgrade", async () => {
    const path = `/api/realtime/ws?workspace_id=${workspace_id}`;
    const upgrade = {
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const ask = async (headers: Record<string, string>) => (await fetch(`${server.url}${path}`, { headers })).status;
    expect(await ask({ authorization: `Bearer ${token}` })).toBe(400);
    expect(await ask(upgrade)).toBe(401);
    expect(await ask({ ...upgrade, authorization: "Bearer sst_wrong" })).toBe(401);
    expect(await ask({ ...upgrade, cookie: `cc_session=${token}`, origin: "https://evil.example" })).toBe(403);
    const elsewhere = await fetch(`${server.url}/api/realtime/ws?workspace_id=wsp_00000000000000000000000000`, {
      headers: { ...upgrade, authorization: `Bearer ${token}` },
    });
    expect(elsewhere.status).toBe(404);
  });

  test("the SDK's subscription reads the same feed", async () => {
    const client = new ClickClackClient({ baseUrl: server.url, token });
    const ready = Promise.withResolvers<void>();
    const heard = Promise.withResolvers<string>();
    const subscription = client.events.subscribe({
      workspaceId: workspace_id,
      onReady: () => ready.resolve(),
      onEvent: (event) => {
        if (event.type === "message.created") heard.resolve(event.payload.message?.body ?? "");
      },
    });
    await ready.promise;
    await send("for the sdk");
    expect(await heard.promise).toBe("for the sdk");
    subscription.close();
  });
});
