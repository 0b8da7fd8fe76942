import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Listener, testServer } from "../../tests/support/test-server.ts";
import type { Tx } from "../db/database.ts";
import { openDatabase } from "../db/open.ts";
import { sha256 } from "../lib/hash.ts";
import { appendEvent, type LogEvent, type NewEvent } from "./events.ts";
import { topics } from "./topics.ts";

type Server = Awaited<ReturnType<typeof testServer>>;
const AT = "2026-05-08T12:00:00.000Z";

/** What another process commits wakes nobody here, and no heartbeat comes in the time of a test. */
describe("rights that change beside the running server", () => {
  let server: Server;
  let token: string;
  let workspace_id: string;
  const listeners: Listener[] = [];

  beforeAll(async () => {
    server = await testServer();
    const set = await call("POST", "/api/auth/setup", {
      token: new URL(server.claim_url ?? "").searchParams.get("token") ?? "",
      display_name: "Ines",
      email: "ines@example.com",
      workspace_name: "Halyard",
      password: "correct horse",
    });
    token = set.token;
    workspace_id = set.workspace.id;
  });
  afterAll(async () => {
    for (const one of listeners) one.close();
    await server.close();
  });

  async function call(method: string, path: string, body?: unknown, as: string | undefined = token) {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (as) headers.authorization = `Bearer ${as}`;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return (await fetch(`${server.url}${path}`, { method, headers, ...sent })).json();
  }
  async function join(name: string): Promise<{ token: string; user: { id: string } }> {
    const { invite } = await call("POST", `/api/workspaces/${workspace_id}/invites`, {});
    const person = { display_name: name, email: `${name}@example.com`, password: "correct horse" };
    return call("POST", `/api/invites/${invite.code}/accept`, person, "");
  }
  async function listen(as: string, from?: string): Promise<Listener> {
    const pull = `/api/realtime/events?workspace_id=${workspace_id}&limit=1&include_tail=true`;
    const cursor = from ?? (await call("GET", pull)).tail_cursor;
    const listener = new Listener(server.url, as, `workspace_id=${workspace_id}&after_cursor=${cursor}`);
    listeners.push(listener);
    await listener.ready();
    return listener;
  }
  async function elsewhere<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    const other = await openDatabase(dirname(server.db.path), "test");
    try {
      return await other.write(fn);
    } finally {
      await other.close();
    }
  }
  const append = (tx: Tx, type: NewEvent["type"], topic: string, payload: NewEvent["payload"]): Promise<LogEvent> =>
    appendEvent(tx, { type, topic, workspace_id, payload, created_at: AT });
  const note = (tx: Tx, topic: string) =>
    append(tx, "message.deleted", topic, { message_id: "m", root_message_id: "m" });
  const has = (listener: Listener, event: LogEvent) => listener.frames.some((one) => one.cursor === event.cursor);

  test("a removed member gets nothing from the removal on, though all of it is one commit; others get all", async () => {
    const abel = await join("abel");
    const leaving = await listen(abel.token);
    const staying = await listen(token);
    const [before, after] = await elsewhere(async (tx) => {
      const first = await note(tx, topics.messages(workspace_id));
      await tx.run("DELETE FROM workspace_members WHERE user_id = ?", abel.user.id);
      await append(tx, "member.left", topics.all(workspace_id), { user_id: abel.user.id });
      return [first, await note(tx, topics.messages(workspace_id))];
    });
    expect(await leaving.closed).toEqual({ code: 1008, reason: "workspace access revoked" });
    await staying.until((one) => one.cursor === after.cursor);
    expect([has(leaving, before), has(leaving, after)]).toEqual([true, false]);
    expect(leaving.frames.some((one) => one.type === "member.left")).toBe(false);
  });

  test("a new manager gets what managers get from the change on, in order and once", async () => {
    const jun = await join("jun");
    const rising = await listen(jun.token);
    const [before, after, last] = await elsewhere(async (tx) => {
      const first = await note(tx, topics.managers(workspace_id));
      await tx.run("UPDATE workspace_members SET role = 'moderator' WHERE user_id = ?", jun.user.id);
      await append(tx, "member.updated", topics.all(workspace_id), { user_id: jun.user.id, role: "moderator" });
      return [first, await note(tx, topics.managers(workspace_id)), await note(tx, topics.all(workspace_id))];
    });
    await rising.until((one) => one.cursor === last.cursor);
    expect([has(rising, before), has(rising, after)]).toEqual([false, true]);
    const types = rising.durable.map((one) => one.type);
    expect(types).toEqual(["member.updated", "message.deleted", "message.deleted"]);
  });

  test("a private channel is heard from being added to being removed", async () => {
    const mara = await join("mara");
    const hearing = await listen(mara.token);
    const channel_id = (await call("POST", `/api/workspaces/${workspace_id}/channels`, { name: "quiet" })).channel.id;
    const of = topics.channel(channel_id);
    const [early, heard] = await elsewhere(async (tx) => {
      await tx.run("UPDATE channels SET kind = 'private' WHERE id = ?", channel_id);
      const first = await note(tx, of);
      await tx.run(
        "INSERT INTO channel_members (channel_id, user_id, added_by, created_at) VALUES (?, ?, 'usr_1', ?)",
        channel_id,
        mara.user.id,
        AT,
      );
      await append(tx, "channel.member_added", of, { channel_id, user_id: mara.user.id });
      return [first, await note(tx, of)];
    });
    await hearing.until((one) => one.cursor === heard.cursor);
    const [late, last] = await elsewhere(async (tx) => {
      await tx.run("DELETE FROM channel_members WHERE channel_id = ? AND user_id = ?", channel_id, mara.user.id);
      await append(tx, "channel.member_removed", of, { channel_id, user_id: mara.user.id });
      return [await note(tx, of), await note(tx, topics.all(workspace_id))];
    });
    await hearing.until((one) => one.cursor === last.cursor);
    expect([has(hearing, early), has(hearing, late)]).toEqual([false, false]);
    expect(new Set(hearing.durable.map((one) => one.cursor)).size).toBe(hearing.durable.length);
  });

  test("a session that another process revoked ends its sockets, and only those", async () => {
    const pia = await join("pia");
    const again = await call("POST", "/api/auth/password/login", {
      identifier: "pia@example.com",
      password: "correct horse",
    });
    const ending = await listen(pia.token);
    const staying = await listen(again.token);
    await elsewhere((tx) =>
      tx.run("UPDATE sessions SET revoked_at = created_at WHERE token_hash = ?", sha256(pia.token)),
    );
    expect(await ending.closed).toEqual({ code: 1008, reason: "session revoked; sign in again" });
    const event = await elsewhere((tx) => note(tx, topics.messages(workspace_id)));
    await staying.until((one) => one.cursor === event.cursor);
  });

  test("a change made here is one new join, although its event says the same again", async () => {
    const owen = await join("owen");
    const listener = await listen(owen.token);
    for (let n = 0; n < 3; n++) {
      const event = await server.db.write(async (tx) => {
        tx.notify(owen.user.id);
        return append(tx, "member.updated", topics.all(workspace_id), { user_id: owen.user.id, role: "member" });
      });
      await listener.until((one) => one.cursor === event.cursor);
    }
    const last = await server.db.write((tx) => note(tx, topics.all(workspace_id)));
    await listener.until((one) => one.cursor === last.cursor);
    expect(listener.frames.filter((one) => one.type === "realtime.ready")).toHaveLength(4);
  });

  test("somebody in two thousand private channels hears all of them, and none once removed", async () => {
    const vera = await join("vera");
    const ids = Array.from({ length: 2000 }, (_, n) => `chn_${String(n).padStart(26, "0")}`);
    await elsewhere(async (tx) => {
      for (const [n, id] of ids.entries()) {
        await tx.run(
          "INSERT INTO channels (id, route_id, workspace_id, name, kind, created_at) VALUES (?, ?, ?, ?, 'private', ?)",
          id,
          `C${String(n).padStart(16, "0")}`,
          workspace_id,
          `many-${n}`,
          AT,
        );
        await tx.run(
          "INSERT INTO channel_members (channel_id, user_id, added_by, created_at) VALUES (?, ?, 'usr_1', ?)",
          id,
          vera.user.id,
          AT,
        );
      }
    });
    const listener = await listen(vera.token);
    const ends = [ids[0] ?? "", ids.at(-1) ?? ""].map(topics.channel);
    const heard = await elsewhere((tx) => Promise.all(ends.map((topic) => note(tx, topic))));
    for (const event of heard) await listener.until((one) => one.cursor === event.cursor);
    const [after, last] = await elsewhere(async (tx) => {
      await tx.run("DELETE FROM channel_members WHERE user_id = ?", vera.user.id);
      await append(tx, "member.updated", topics.all(workspace_id), { user_id: vera.user.id, role: "member" });
      const unheard = await Promise.all(ends.map((topic) => note(tx, topic)));
      return [unheard, await note(tx, topics.all(workspace_id))];
    });
    await listener.until((one) => one.cursor === last.cursor);
    expect(after.some((event) => has(listener, event))).toBe(false);
  });
});
