import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createMagicLink } from "../../src/features/auth/auth.ts";
import { testServer } from "../support/test-server.ts";
import * as recorded from "./recorded.ts";
import { differences } from "./shape.ts";
import { ask, PASSWORD, stage, type Stage } from "./stage.ts";

let s: Stage;
beforeAll(async () => {
  s = await stage();
});
afterAll(() => s.close());

const post = (path: string, body: unknown, headers?: HeadersInit) => s.ask(undefined, "POST", path, body, headers);
const login = (headers?: HeadersInit) =>
  post("/api/auth/password/login", { identifier: "olivia@example.com", password: PASSWORD }, headers);
const signedIn = { user: recorded.user, session: recorded.session, token: "sst" };
const link = async (email: string) =>
  (await createMagicLink(s.server.db, { email, display_name: "Luna Link", at_ms: Date.now() })).token;

describe("first run", () => {
  test("the claim makes owner, workspace and #general and signs in, once", async () => {
    const { status, body, headers } = s.claimed;
    expect(status).toBe(201);
    expect(differences(body, { ...signedIn, workspace: recorded.workspace })).toEqual([]);
    expect([body.workspace.role, body.channel.name]).toEqual(["owner", "general"]);
    expect(headers.get("set-cookie")).toStartWith(`cc_session=${body.token}; `);
    const again = { token: "stp_x", display_name: "E", email: "eve@example.com", workspace_name: "Mine" };
    expect((await post("/api/auth/setup", again)).status).toBe(404);
  });
});

describe("signing in", () => {
  test("by password: user, session and token, and a cookie with the recorded attributes", async () => {
    const { status, body, headers } = await login();
    expect(status).toBe(200);
    expect(differences(body, signedIn)).toEqual([]);
    expect(body.token).toMatch(/^sst_/);
    expect(body.session.token).toBe(body.token);
    expect(body.session.user_id).toBe(body.user.id);
    const cookie = (headers.get("set-cookie") ?? "").split("; ");
    expect(cookie[0]).toBe(`cc_session=${body.token}`);
    expect(cookie).toContainValues(["Path=/", "HttpOnly", "SameSite=Lax"]);
    expect(cookie).not.toContain("Secure");
    const days = (Date.parse(body.session.expires_at) - Date.parse(body.session.created_at)) / 86_400_000;
    expect(days).toBe(30);
  });

  test("the cookie is Secure as soon as the request did not come plainly from this machine", async () => {
    expect((await login({ host: "chat.example.com" })).headers.get("set-cookie")).toContain("; Secure");
    expect((await login({ host: "localhost" })).headers.get("set-cookie")).not.toContain("Secure");
  });

  test("a wrong password and an unknown person are one 401, missing fields 400, too many 429", async () => {
    const answers = [];
    for (const identifier of ["olivia@example.com", "nobody@example.com"])
      answers.push(await post("/api/auth/password/login", { identifier, password: "wrong" }));
    for (const answer of answers) {
      expect([answer.status, answer.body.error]).toEqual([401, "invalid identifier or password"]);
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
    expect((await post("/api/auth/password/login", { identifier: "x" })).status).toBe(400);
    let last = answers[1];
    for (let n = 0; n < 6 && last?.status !== 429; n++)
      last = await post("/api/auth/password/login", { identifier: "nobody@example.com", password: "wrong" });
    expect([last?.status, last?.body.code]).toEqual([429, "rate_limited"]);
    expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("by sign-in link, once; unknown and used ones are 404", async () => {
    const token = await link("luna@example.com");
    const answer = await post("/api/auth/magic/consume", { token });
    expect(answer.status).toBe(200);
    expect(differences(answer.body, signedIn)).toEqual([]);
    expect(answer.headers.get("set-cookie")).toStartWith("cc_session=sst_");
    expect((await post("/api/auth/magic/consume", { token })).status).toBe(404);
    expect((await post("/api/auth/magic/consume", { token: "mgt_unknown" })).status).toBe(404);
  });

  test("asking for a sign-in link is 501 without the development switch", async () => {
    const answer = await post("/api/auth/magic/request", { email: "x@example.com" });
    expect([answer.status, answer.body.error]).toEqual([501, "magic-link delivery is not configured"]);
  });

  test("never from another site", async () => {
    const evil = { origin: "https://evil.example" };
    const site = { "sec-fetch-site": "cross-site" };
    for (const headers of [evil, site]) {
      const answer = await login(headers);
      expect([answer.status, answer.body.error]).toEqual([403, "cross-site session requests are not allowed"]);
    }
    expect((await login({ origin: s.url, "sec-fetch-site": "same-origin" })).status).toBe(200);
  });
});

describe("the session cookie", () => {
  const cookie = (token: string) => ({ cookie: `other=1; cc_session=${token}` });

  test("reads without more, and writes only with the CSRF header from our own origin", async () => {
    const mine = cookie(s.owner.token);
    expect((await s.ask(undefined, "GET", "/api/me", undefined, mine)).status).toBe(200);
    const patch = (headers: HeadersInit) => s.ask(undefined, "PATCH", "/api/me", { handle: "olivia" }, headers);
    const refused = [
      mine,
      { ...mine, "x-clickclack-csrf": "0" },
      { ...mine, "x-clickclack-csrf": "1", origin: "https://evil.example" },
      { ...mine, "x-clickclack-csrf": "1", "sec-fetch-site": "cross-site" },
    ];
    for (const headers of refused) {
      const answer = await patch(headers);
      expect([answer.status, answer.body.error]).toEqual([403, "cross-site session requests are not allowed"]);
    }
    expect((await patch({ ...mine, "x-clickclack-csrf": "1" })).status).toBe(200);
    expect((await patch({ ...mine, "x-clickclack-csrf": "1", origin: s.url })).status).toBe(200);
    // A bearer proves that a program meant it.
    expect((await patch({ ...mine, authorization: `Bearer ${s.owner.token}` })).status).toBe(200);
  });

  test("twice is refused", async () => {
    const twice = { cookie: `cc_session=${s.owner.token}; cc_session=${s.member.token}` };
    expect((await s.ask(undefined, "GET", "/api/me", undefined, twice)).status).toBe(401);
  });

  test("ends with the sign-out, which works for anybody and any number of times", async () => {
    const { body } = await login();
    const csrf = { ...cookie(body.token), "x-clickclack-csrf": "1" };
    const out = await post("/api/auth/logout", {}, csrf);
    expect([out.status, out.body]).toEqual([200, { ok: true }]);
    expect(out.headers.get("set-cookie")).toMatch(/^cc_session=; .*Max-Age=0.*HttpOnly/);
    expect((await s.ask(undefined, "GET", "/api/me", undefined, cookie(body.token))).status).toBe(401);
    expect((await post("/api/auth/logout", {}, csrf)).status).toBe(200);
    expect((await post("/api/auth/logout", {})).status).toBe(200);
  });
});

test("the development switch lets strictly local requests in, by name or as the first person", async () => {
  const server = await testServer({ dev_bootstrap: true });
  const me = (headers?: HeadersInit) => ask(server.url, undefined, "GET", "/api/me", undefined, headers);
  try {
    const first = await me();
    expect([first.status, first.body.user.display_name]).toEqual([200, "Local Captain"]);
    const { body } = await ask(server.url, undefined, "GET", "/api/workspaces");
    expect(body.workspaces[0]).toMatchObject({ name: "ClickClack", slug: "clickclack", role: "owner" });
    const request = { email: "hum@example.com", display_name: "Hum" };
    const asked = await ask(server.url, undefined, "POST", "/api/auth/magic/request", request);
    expect(asked.status).toBe(201);
    const created_at = "2026-11-21T04:20:27Z";
    const magic_link = { id: "mln_01m7y5b31147gnmdvk12twgpxw", email: "x", display_name: "x", created_at };
    expect(differences(asked.body, { magic_link: { ...magic_link, expires_at: created_at }, token: "x" })).toEqual([]);
    const { body: hum } = await ask(server.url, undefined, "POST", "/api/auth/magic/consume", {
      token: asked.body.token,
    });
    expect((await me({ "x-clickclack-user": hum.user.id })).body.user.id).toBe(hum.user.id);
    const foreign: Record<string, string>[] = [
      { host: "chat.example.com" },
      { origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site" },
      { "x-forwarded-for": "203.0.113.9" },
      { "x-forwarded-host": "chat.example.com" },
      { "x-real-ip": "203.0.113.9" },
      { forwarded: "for=203.0.113.9" },
    ];
    for (const headers of foreign) expect((await me(headers)).status).toBe(401);
  } finally {
    await server.close();
  }
  // Without the switch, being local means nothing.
  expect((await s.ask(undefined, "GET", "/api/me", undefined, { "x-clickclack-user": s.owner.id })).status).toBe(401);
});
