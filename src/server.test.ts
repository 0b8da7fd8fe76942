import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket as TcpSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { testServer } from "../tests/support/test-server.ts";
import { readConfig } from "./config.ts";
import { type RunningServer, serve } from "./server.ts";

const program = { log: pino({ enabled: false }), version: "test" };

describe("starting", () => {
  const data = mkdtempSync(join(tmpdir(), "clickclack-start-"));
  const directory = (name: string) => join(data, name);
  const start = (name: string, port: number) =>
    serve(readConfig({ flags: { addr: `127.0.0.1:${port}`, data: directory(name) }, env: {} }), program);
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  test("of two that reach for a port at once, the loser says so and lets go of everything", async () => {
    const first = await start("probe", 0);
    const { port } = first;
    await first.stop();
    const both = await Promise.allSettled([start("a", port), start("b", port)]);
    const running = both.find((one) => one.status === "fulfilled") as PromiseFulfilledResult<RunningServer>;
    const refused = both.find((one) => one.status === "rejected") as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ code: "conflict" });
    expect(String(refused.reason)).toContain(`port ${port} is in use`);
    const again = await start(both[0] === refused ? "a" : "b", 0);
    await again.stop();
    await running.value.stop();
  });
});

describe("stopping", () => {
  let server: Awaited<ReturnType<typeof testServer>>;
  let token: string;
  const raw: TcpSocket[] = [];
  beforeAll(async () => {
    server = await testServer();
    const claim = new URL(server.claim_url ?? "").searchParams.get("token");
    const body = { token: claim, display_name: "Ines", email: "ines@example.com", workspace_name: "Halyard" };
    const set = await fetch(`${server.url}/api/auth/setup`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const { token: made, workspace } = (await set.json()) as { token: string; workspace: { id: string } };
    token = made;
    await talk(
      `GET /api/realtime/ws?workspace_id=${workspace.id} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n` +
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      "realtime.ready",
    );
  });
  afterAll(() => {
    for (const one of raw) one.destroy();
  });

  /** Opens a connection, says something, and leaves it open once the answer has come. */
  function talk(text: string, answer: string): Promise<TcpSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.port, "127.0.0.1", () => socket.write(text));
      raw.push(socket);
      let seen = "";
      socket.on("data", (chunk) => {
        seen += chunk.toString("latin1");
        if (seen.includes(answer)) resolve(socket);
      });
      socket.on("error", reject);
    });
  }

  test("waits for the request under way, not for idle connections or sockets that never answer", async () => {
    await talk("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", "ok");
    const login = JSON.stringify({ identifier: "ines@example.com", password: "not the one" });
    const answer = fetch(`${server.url}/api/auth/password/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: login,
    });
    // The request is with the server once its answer is being worked on.
    await talk("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", "ok");
    await server.close();
    expect((await answer).status).toBe(401);
    // Less than the ten seconds it takes when it waits for somebody who never goes.
  }, 9000);
});
