import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { connect, type Socket as TcpSocket } from "node:net";
import { Listener, testServer } from "../../tests/support/test-server.ts";
import { sha256 } from "../lib/hash.ts";

type Server = Awaited<ReturnType<typeof testServer>>;

describe("a socket in trouble", () => {
  let server: Server;
  let token: string;
  let workspace_id: string;
  let channel_id: string;
  let user_id: string;
  const listeners: Listener[] = [];
  const raw: TcpSocket[] = [];

  beforeAll(async () => {
    server = await testServer({}, { heartbeat_ms: 20 });
    const claim = new URL(server.claim_url ?? "").searchParams.get("token") ?? "";
    const set = await call("POST", "/api/auth/setup", {
      token: claim,
      display_name: "Ines",
      email: "ines@example.com",
      workspace_name: "Halyard",
      password: "correct horse",
    });
    token = set.token;
    workspace_id = set.workspace.id;
    channel_id = set.channel.id;
    user_id = set.user.id;
  });
  afterAll(async () => {
    for (const one of listeners) one.close();
    for (const one of raw) one.destroy();
    await server.close();
  });

  async function call(method: string, path: string, body?: unknown, as: string | undefined = token) {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (as) headers.authorization = `Bearer ${as}`;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${server.url}${path}`, { method, headers, ...sent });
    return { status: response.status, ...(await response.json()) };
  }
  const send = (body: string) => call("POST", `/api/channels/${channel_id}/messages`, { body });
  const signIn = async () =>
    (await call("POST", "/api/auth/password/login", { identifier: "ines@example.com", password: "correct horse" }, ""))
      .token as string;
  const tail = async () =>
    (await call("GET", `/api/realtime/events?workspace_id=${workspace_id}&limit=1&include_tail=true`))
      .tail_cursor as string;
  function listen(after_cursor: string, as = token, workspace = workspace_id): Listener {
    const listener = new Listener(server.url, as, `workspace_id=${workspace}&after_cursor=${after_cursor}`);
    listeners.push(listener);
    return listener;
  }
  /** What another process does to the data, such as an operator's command: it wakes nobody here. */
  function elsewhere(sql: string, ...params: (string | null)[]): void {
    const other = new Database(server.db.path);
    other.run("PRAGMA busy_timeout = 5000");
    other.run(sql, params);
    other.close();
  }

  for (const [how, sql] of [
    ["revoked by another process", "UPDATE sessions SET revoked_at = '2026-01-01T00:00:00.000Z' WHERE token_hash = ?"],
    ["expired", "UPDATE sessions SET expires_at = '2026-01-01T00:00:00.000Z' WHERE token_hash = ?"],
  ] as const) {
    test(`a session ${how} ends its socket at the next heartbeat`, async () => {
      const ending = await signIn();
      const listener = listen(await tail(), ending);
      await listener.ready();
      elsewhere(sql, sha256(ending));
      expect(await listener.closed).toEqual({ code: 1008, reason: "session revoked; sign in again" });
    });
  }

  test("a session that ended without a word is noticed when its socket joins again", async () => {
    const ending = await signIn();
    const listener = listen(await tail(), ending);
    await listener.ready();
    await server.db.write(async (tx) => {
      await tx.run("UPDATE sessions SET revoked_at = created_at WHERE token_hash = ?", sha256(ending));
      tx.notify(user_id);
    });
    expect((await listener.closed).code).toBe(1008);
  });

  test("an event of another process arrives with the next heartbeat", async () => {
    const from = await tail();
    const listener = listen(from);
    await listener.ready();
    const next = `${from.slice(0, -1)}${from.endsWith("z") ? "zz" : "z"}`;
    elsewhere("UPDATE workspaces SET last_cursor = ? WHERE id = ?", next, workspace_id);
    elsewhere(
      `INSERT INTO events (workspace_id, cursor, id, topic, type, payload, created_at)
       VALUES (?, ?, 'evt_elsewhere', ?, 'member.updated', '{}', '2026-05-08T12:00:00.000Z')`,
      workspace_id,
      next,
      `wsp:${workspace_id}:all`,
    );
    expect((await listener.until((one) => one.cursor === next)).type).toBe("member.updated");
    elsewhere("DELETE FROM events WHERE cursor = ?", next);
    elsewhere("UPDATE workspaces SET last_cursor = ? WHERE id = ?", from, workspace_id);
    await send("the log goes on");
  });

  test("a log whose newest event is gone asks for a resync instead of searching for ever", async () => {
    const { workspace } = await call("POST", "/api/workspaces", { name: "Torn" });
    const events = (await call("GET", `/api/realtime/events?workspace_id=${workspace.id}`)).events as {
      cursor: string;
    }[];
    elsewhere("DELETE FROM events WHERE cursor = ?", events.at(-1)?.cursor ?? "");
    const listener = listen(events.at(-2)?.cursor ?? "", token, workspace.id);
    expect((await listener.closed).code).toBe(4001);
    expect((await call("GET", "/api/me")).status).toBe(200);
  });

  test("rights that change in the middle of a long replay lose and repeat nothing", async () => {
    const from = await tail();
    const large = "wide ".repeat(6000);
    for (let n = 0; n < 300; n++) await send(`${n} ${large}`);
    const listener = listen(from);
    await listener.until((one) => one.type === "message.created");
    for (let n = 0; n < 5; n++) await server.db.write(async (tx) => tx.notify(user_id));
    const end = await send("the end");
    await listener.until((one) => one.cursor === end.event.cursor);
    const cursors = listener.durable.map((one) => one.cursor);
    expect(cursors).toHaveLength(301);
    expect(new Set(cursors).size).toBe(301);
    expect([...cursors].sort()).toEqual(cursors);
  }, 30_000);

  test("a reader that never reads is cut, and nobody waits for it", async () => {
    const watching = listen(await tail());
    await watching.ready();
    const deaf = await deafReader();
    const large = "deaf ".repeat(6000);
    let last = "";
    for (let n = 0; n < 1200; n++) last = (await send(`${n} ${large}`)).event.cursor as string;
    await watching.until((one) => one.cursor === last);
    deaf.resume();
    await new Promise((resolve) => deaf.once("close", resolve));
    const cursors = watching.durable.map((one) => one.cursor);
    expect(new Set(cursors).size).toBe(1200);
  }, 60_000);

  /** A socket that went live and then takes nothing more from its connection. */
  function deafReader(): Promise<TcpSocket> {
    const { hostname, port } = new URL(server.url);
    return tail().then(
      (cursor) =>
        new Promise<TcpSocket>((resolve, reject) => {
          const socket = connect(Number(port), hostname, () =>
            socket.write(
              `GET /api/realtime/ws?workspace_id=${workspace_id}&after_cursor=${cursor} HTTP/1.1\r\nHost: ${hostname}\r\n` +
                `Authorization: Bearer ${token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            ),
          );
          raw.push(socket);
          let seen = "";
          const onData = (chunk: Buffer) => {
            seen += chunk.toString("latin1");
            if (!seen.includes("realtime.ready")) return;
            socket.off("data", onData);
            socket.pause();
            resolve(socket);
          };
          socket.on("data", onData);
          socket.on("error", reject);
        }),
    );
  }
});
