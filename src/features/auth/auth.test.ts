import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { createPasswords } from "../../lib/password.ts";
import { timestamp } from "../../lib/clock.ts";
import { createMagicLink, setPassword } from "./auth.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
  await setPassword(t.db, createPasswords(), t.cast.member.user.id, "correct horse", timestamp(0));
});
afterAll(() => t.close());

const login = (identifier: unknown, password: unknown, headers: Record<string, string> = {}) =>
  t.call(undefined, "POST", "/api/auth/password/login", { identifier, password }, { headers });
const consume = (token: string) => t.call(undefined, "POST", "/api/auth/magic/consume", { token });
const cookieOf = (answer: { headers: Headers }) => answer.headers.get("set-cookie") ?? "";

describe("passwords", () => {
  test("sign in by address or handle, and carry the session in body and cookie", async () => {
    for (const identifier of ["mia@example.com", "MIA", "@mia"]) {
      const signed = await login(identifier, "correct horse");
      expect(signed.status).toBe(200);
      expect(signed.body.token).toStartWith("sst_");
      expect(signed.body.session).toMatchObject({ token: signed.body.token, user_id: t.cast.member.user.id });
      expect(cookieOf(signed)).toMatch(/^cc_session=sst_[\w-]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/);
      expect((await t.call({ user: t.cast.member.user, token: signed.body.token }, "GET", "/api/me")).status).toBe(200);
    }
  });

  test("every failure is the same answer", async () => {
    const wrong = await login("mia", "wrong horse");
    const unknown = await login("nobody", "correct horse");
    const without = await login("olivia", "correct horse");
    for (const answer of [wrong, unknown, without]) {
      expect([answer.status, answer.body.error]).toEqual([401, "invalid identifier or password"]);
    }
  });

  test("failures of one identifier are limited; a success does not count", async () => {
    for (let n = 0; n < 8; n++) expect((await login("mia", "correct horse")).status).toBe(200);
    const answers: number[] = [];
    for (let n = 0; n < 6; n++) answers.push((await login("jun", "guess")).status);
    expect(answers).toEqual([401, 401, 401, 401, 401, 429]);
    t.clock.advance(16 * 60_000);
    expect((await login("jun", "guess")).status).toBe(401);
  });

  test("attempts of one address are limited, with the time to wait", async () => {
    t.clock.advance(60 * 60_000);
    let last = await login("a0", "guess");
    for (let n = 1; n <= 20; n++) last = await login(`a${n}`, "guess");
    expect(last.status).toBe(429);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    t.clock.advance(60 * 60_000);
  });

  test("only JSON, and never from another site", async () => {
    expect((await login("mia", "correct horse", { "content-type": "text/plain" })).status).toBe(415);
    expect((await login("mia", "correct horse", { origin: "https://evil.example" })).status).toBe(403);
    expect((await login("mia", "correct horse", { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await login(1, 2)).status).toBe(400);
  });
});

describe("sign-in links", () => {
  test("work once, make a new person, and end after 15 minutes", async () => {
    const { token } = await createMagicLink(t.db, {
      email: "New@Example.com",
      display_name: "Newcomer",
      at_ms: t.clock.now(),
    });
    const signed = await consume(token);
    expect(signed.body.user).toMatchObject({ display_name: "Newcomer", kind: "human" });
    expect((await consume(token)).status).toBe(404);
    const known = await createMagicLink(t.db, { email: "mia@example.com", at_ms: t.clock.now() });
    expect((await consume(known.token)).body.user.id).toBe(t.cast.member.user.id);
    const late = await createMagicLink(t.db, { email: "late@example.com", at_ms: t.clock.now() });
    t.clock.advance(LIMITS.magic_link_ttl_ms);
    expect((await consume(late.token)).status).toBe(404);
    expect((await consume("mgt_guess")).status).toBe(404);
  });

  test("are not minted over HTTP outside development", async () => {
    expect((await t.call(undefined, "POST", "/api/auth/magic/request", { email: "a@example.com" })).status).toBe(501);
  });
});

describe("sessions", () => {
  const byCookie = (token: string, method: string, headers: Record<string, string> = {}) =>
    t.call(undefined, method, "/api/me", method === "GET" ? undefined : { display_name: "Mia" }, {
      headers: { cookie: `cc_session=${token}`, ...headers },
    });

  test("a cookie reads alone, and writes only with proof of our own page", async () => {
    const { token } = (await login("mia", "correct horse")).body;
    expect((await byCookie(token, "GET")).status).toBe(200);
    const refused = await byCookie(token, "PATCH");
    expect([refused.status, refused.body.error]).toEqual([403, "cross-site session requests are not allowed"]);
    expect((await byCookie(token, "PATCH", { "x-clickclack-csrf": "1", origin: "https://evil.example" })).status).toBe(
      403,
    );
    expect((await byCookie(token, "PATCH", { "x-clickclack-csrf": "1", "sec-fetch-site": "same-site" })).status).toBe(
      403,
    );
    expect(
      (await byCookie(token, "PATCH", { "x-clickclack-csrf": "1", origin: "http://localhost", host: "localhost" }))
        .status,
    ).toBe(200);
    expect((await byCookie(`${token}; cc_session=${token}`, "GET")).status).toBe(401);
  });

  test("a bad bearer never falls through to the cookie", async () => {
    const { token } = (await login("mia", "correct horse")).body;
    expect((await byCookie(token, "GET", { authorization: "Bearer sst_wrong" })).status).toBe(401);
    expect((await byCookie(token, "GET", { authorization: "Basic abc" })).status).toBe(401);
  });

  test("signing out ends the session and expires the cookie, however often", async () => {
    const { token } = (await login("mia", "correct horse")).body;
    const player = { user: t.cast.member.user, token };
    const out = await t.call(player, "POST", "/api/auth/logout", {});
    expect([out.status, out.body]).toEqual([200, { ok: true }]);
    expect(cookieOf(out)).toContain("Max-Age=0");
    expect((await t.call(player, "GET", "/api/me")).status).toBe(401);
    expect((await t.call(player, "POST", "/api/auth/logout", {})).status).toBe(200);
    expect((await t.call(undefined, "POST", "/api/auth/logout", {})).status).toBe(200);
  });

  test("a session ends after thirty days", async () => {
    const { token } = (await login("mia", "correct horse")).body;
    const player = { user: t.cast.member.user, token };
    expect((await t.call(player, "GET", "/api/me")).status).toBe(200);
    t.clock.advance(LIMITS.session_ttl_ms);
    expect((await t.call(player, "GET", "/api/me")).status).toBe(401);
  });
});

describe("development", () => {
  test("lets only strictly local requests in without a credential", async () => {
    const dev = await testApp({ config: { dev_bootstrap: true } });
    const ask = async (headers: Record<string, string>) =>
      (await dev.call(undefined, "GET", "/api/me", undefined, { headers })).status;
    expect(await ask({ host: "localhost:8080" })).toBe(200);
    expect(await ask({ host: "localhost:8080", "x-clickclack-user": dev.cast.member.user.id })).toBe(200);
    expect(await ask({ host: "chat.example.org" })).toBe(401);
    expect(await ask({ host: "localhost", origin: "https://evil.example" })).toBe(401);
    expect(await ask({ host: "localhost", "sec-fetch-site": "cross-site" })).toBe(401);
    expect(await ask({ host: "localhost", "x-forwarded-for": "203.0.113.9" })).toBe(401);
    expect(await ask({ host: "localhost", "x-forwarded-host": "tunnel.example" })).toBe(401);
    expect(await ask({ host: "localhost", forwarded: "for=203.0.113.9" })).toBe(401);
    expect(await ask({ host: "localhost", authorization: "Bearer nonsense" })).toBe(401);
    await dev.close();
    expect((await t.call(undefined, "GET", "/api/me", undefined, { headers: { host: "localhost:8080" } })).status).toBe(
      401,
    );
  });
});

test("a bot's token ends with its owner's membership", async () => {
  const found = await t.call(t.cast.bot, "GET", "/api/me");
  expect(found.status).toBe(200);
  await t.db.write(async (tx) => {
    await tx.run(
      "UPDATE bot_tokens SET owner_user_id = ? WHERE bot_user_id = ?",
      t.cast.outsider.user.id,
      t.cast.bot.user.id,
    );
  });
  expect((await t.call(t.cast.bot, "GET", "/api/me")).status).toBe(401);
});

test("a password set by the operator ends the person's sessions", async () => {
  const { token } = (await login("mia", "correct horse")).body;
  const player = { user: t.cast.member.user, token };
  expect((await t.call(player, "GET", "/api/me")).status).toBe(200);
  await setPassword(t.db, createPasswords(), t.cast.member.user.id, "another horse", timestamp(t.clock.now()));
  expect((await t.call(player, "GET", "/api/me")).status).toBe(401);
  expect((await login("mia", "another horse")).status).toBe(200);
});
