import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { Hono } from "hono";
import { connect } from "node:net";
import pino from "pino";
import { type TestApp, testApp } from "../../tests/support/test-app.ts";
import { testServer } from "../../tests/support/test-server.ts";
import { createMagicLink, pruneCredentials } from "../features/auth/auth.ts";
import { createPasswords } from "../lib/password.ts";
import { networkOf } from "./address.ts";
import { readJson } from "./body.ts";
import { requestContext } from "./context.ts";
import { createMetrics } from "./metrics.ts";
import type { AppEnv } from "./reply.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

describe("text that could not be read back as it was sent", () => {
  const half = "half \ud800 pair";
  const nul = "a\0b";
  const places = (text: string): [keyof TestApp["cast"], string, string, Record<string, unknown>][] => [
    ["member", "PATCH", "/api/me", { display_name: text }],
    ["member", "PATCH", "/api/me", { avatar_url: `https://example.com/${text}` }],
    ["owner", "PATCH", `/api/workspaces/${t.workspace.id}`, { name: text }],
    ...["display_title", "purpose", "external_ref", "external_url", "sidebar_section"].flatMap(
      (field): [keyof TestApp["cast"], string, string, Record<string, unknown>][] => [
        ["owner", "PATCH", `/api/channels/${t.general.id}`, { [field]: text }],
        ["member", "POST", `/api/workspaces/${t.workspace.id}/channels`, { name: "half", [field]: text }],
      ],
    ),
    ...["body", "nonce", "author_model", "author_thinking", "author_runtime"].map(
      (field): [keyof TestApp["cast"], string, string, Record<string, unknown>] => [
        "member",
        "POST",
        `/api/channels/${t.general.id}/messages`,
        { body: "well", [field]: text },
      ],
    ),
    ["bot", "POST", `/api/channels/${t.general.id}/messages`, { body: "well", kind: "agent_tool", turn_id: text }],
  ];

  test("is refused wherever it would be stored, and changes nothing", async () => {
    const state = async () => [
      (await t.call(t.cast.member, "GET", "/api/me")).body,
      (await t.call(t.cast.owner, "GET", `/api/workspaces/${t.workspace.id}`)).body,
      (await t.call(t.cast.owner, "GET", `/api/workspaces/${t.workspace.id}/channels`)).body,
      (await t.call(t.cast.owner, "GET", `/api/channels/${t.general.id}/messages`)).body,
    ];
    const before = await state();
    for (const [who, method, path, body] of [...places(half), ...places(nul)]) {
      const answer = await t.call(t.cast[who], method, path, body);
      expect([method, path, Object.keys(body).at(-1), answer.status]).toEqual([
        method,
        path,
        Object.keys(body).at(-1),
        400,
      ]);
    }
    expect(await state()).toEqual(before);
  });

  test("a picture's address has no line break in it", async () => {
    expect((await t.call(t.cast.member, "PATCH", "/api/me", { avatar_url: "https://a.example/\n1" })).status).toBe(400);
  });

  test("neither do sign-in links carry names that no person may have", async () => {
    for (const display_name of [half, nul, "x".repeat(LIMITS.display_name_bytes + 1)]) {
      const minted = createMagicLink(t.db, { email: "x@example.com", display_name, at_ms: t.clock.now() });
      expect(await minted.catch((error: unknown) => error)).toMatchObject({ code: "validation_failed" });
    }
    const email = `${"long".repeat(40)}@example.com`;
    const { token } = await createMagicLink(t.db, { email, at_ms: t.clock.now() });
    const signed = await t.call(undefined, "POST", "/api/auth/magic/consume", { token });
    expect([signed.status, signed.body.user.display_name]).toEqual([200, email.slice(0, 20)]);
  });
});

test("JSON too deep to be written again is a bad request", async () => {
  const depth = 200_000;
  const deep = `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  const body = `{"workspace_id":"${t.workspace.id}","type":"presence.changed","payload":${deep}}`;
  expect((await t.call(t.cast.member, "POST", "/api/realtime/ephemeral", body)).status).toBe(400);
});

test("a body that breaks off is no failure of ours", async () => {
  const broken = new ReadableStream({
    start: (controller) => controller.error(new Error("the connection was closed")),
  });
  const request = new Request("http://localhost/", { method: "POST", body: broken });
  expect(await readJson(request).catch((error: unknown) => error)).toMatchObject({ code: "validation_failed" });
});

describe("the Host header", () => {
  test("names a host and nothing that could choose another route", async () => {
    for (const host of ["evil/api/auth/logout?", "a b", "a#", "user@host", "[::", "a, b"]) {
      const answer = await t.call(undefined, "GET", "/healthz", undefined, { headers: { host } });
      expect([host, answer.status]).toEqual([host, 400]);
    }
    for (const host of ["chat.example.org", "localhost:8080", "[::1]:8080", "192.168.1.7", "my_box.local"]) {
      const answer = await t.call(undefined, "GET", "/healthz", undefined, { headers: { host } });
      expect([host, answer.status]).toEqual([host, 200]);
    }
  });

  test("that is no address never breaks a link", async () => {
    const server = await testServer();
    const answer = await new Promise<string>((resolve, reject) => {
      const body = JSON.stringify({
        token: new URL(server.claim_url ?? "").searchParams.get("token"),
        display_name: "Ines",
        email: "ines@example.com",
        workspace_name: "Halyard",
      });
      const socket = connect(server.port, "127.0.0.1", () =>
        socket.write(
          "POST /api/auth/setup HTTP/1.1\r\nHost: 999.999.999.999\r\nContent-Type: application/json\r\n" +
            `Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        ),
      );
      let text = "";
      socket.on("data", (chunk) => (text += chunk.toString()));
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });
    await server.close();
    expect(answer).toStartWith("HTTP/1.1 201");
    expect(answer).toContain("; Secure");
  });
});

describe("limits", () => {
  test("hold for sockets too", async () => {
    const limited = await testApp({ config: { rate_limit: 3 } });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) {
      const headers = { upgrade: "websocket", authorization: "Bearer sst_guess" };
      const path = `/api/realtime/ws?workspace_id=${limited.workspace.id}`;
      statuses.push((await limited.call(undefined, "GET", path, undefined, { headers })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429]);
    await limited.close();
  });

  test("count the network of an IPv6 address, because one machine has all of it", () => {
    expect(networkOf("192.0.2.7")).toBe("192.0.2.7");
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
    expect(networkOf("2001:0DB8:0001:2::9")).toBe("2001:db8:1:2::/64");
    expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0::/64");
    expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
    expect(networkOf("::1")).toBe("0:0:0:0::/64");
    expect(networkOf("64:ff9b::192.0.2.7")).toBe("64:ff9b:0:0::/64");
    expect(networkOf("1:2:3:4::")).toBe("1:2:3:4::/64");
  });

  test("count a handle with and without its sign as one", async () => {
    const own = await testApp();
    const statuses: number[] = [];
    for (const identifier of ["mia", "@mia", "MIA", "@mia", " mia ", "@mia"]) {
      const answer = await own.call(undefined, "POST", "/api/auth/password/login", { identifier, password: "guess" });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    await own.close();
  });
});

test("who is strictly local is decided by the connection, not by what a proxy passes on", async () => {
  const app = new Hono<AppEnv>();
  const config = { trusted_proxy: ["10.0.0.0/8"], access_log: "off" } as const;
  const log = pino({ enabled: false });
  app.use("*", requestContext({ clock: { now: () => 0 }, log, config, metrics: createMetrics() }));
  app.get("/", (c) => c.json(c.get("info")));
  const server = { requestIP: () => ({ address: "10.0.0.9", family: "IPv4", port: 1 }) };
  const bindings = { server: server as unknown as Bun.Server<unknown> };
  const request = new Request("http://localhost/", { headers: { "x-forwarded-for": "127.0.0.1" } });
  const info = (await (await app.fetch(request, bindings)).json()) as Record<string, string>;
  expect([info.peer, info.address]).toEqual(["10.0.0.9", "127.0.0.1"]);
});

test("credentials past their end are forgotten, the others stay", async () => {
  const count = async (table: string) =>
    (await t.db.read((tx) => tx.get<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`)))?.n ?? 0;
  await createMagicLink(t.db, { email: "soon@example.com", at_ms: t.clock.now() });
  const sessions = await count("sessions");
  await pruneCredentials(t.db, t.clock.now() + LIMITS.magic_link_ttl_ms);
  expect([await count("sessions"), await count("magic_links")]).toEqual([sessions, 0]);
  await pruneCredentials(t.db, t.clock.now() + LIMITS.session_ttl_ms);
  expect(await count("sessions")).toBe(0);
});

test("the hash that stands in for nobody's costs as much as one of ours", async () => {
  const source = await Bun.file(new URL("../lib/password.ts", import.meta.url)).text();
  const parameters = (hash: string) => /\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$/.exec(hash)?.[0];
  expect(parameters(source)).toBe(parameters(await createPasswords().hash("correct horse")));
});
