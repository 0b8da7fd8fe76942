import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../tests/support/test-app.ts";
import { testServer } from "../../tests/support/test-server.ts";

describe("the limit of requests", () => {
  let t: TestApp;
  beforeAll(async () => {
    t = await testApp({ config: { rate_limit: 60 } });
  });
  afterAll(() => t.close());

  const allowance = ({ headers }: { headers: Headers }) =>
    ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map((name) => headers.get(name));

  test("every counted answer says what is left, errors too; each actor has their own", async () => {
    const first = await t.call(t.cast.owner, "GET", "/api/me");
    expect(allowance(first)).toEqual(["60", "59", "1"]);
    const second = await t.call(t.cast.owner, "GET", "/api/workspaces/wsp_00000000000000000000000000");
    expect([second.status, ...allowance(second)]).toEqual([404, "60", "58", "2"]);
    expect(allowance(await t.call(t.cast.member, "GET", "/api/me"))).toEqual(["60", "59", "1"]);
    expect(allowance(await t.call(undefined, "GET", "/healthz"))).toEqual([null, null, null]);
  });

  test("beyond it comes 429 with the seconds to wait, and after those an answer", async () => {
    let last = await t.call(t.cast.bot, "GET", "/api/me");
    for (let n = 0; n < 70 && last.status === 200; n++) last = await t.call(t.cast.bot, "GET", "/api/me");
    expect([last.status, last.body.code]).toEqual([429, "rate_limited"]);
    expect(allowance(last)).toEqual(["60", "0", "60"]);
    expect(last.headers.get("retry-after")).toBe("1");
    t.clock.advance(1000);
    expect((await t.call(t.cast.bot, "GET", "/api/me")).status).toBe(200);
    expect((await t.call(t.cast.bot, "GET", "/api/me")).status).toBe(429);
  });

  test("nobody, bad credentials and an ended session count once, by their address", async () => {
    const own = await testApp({ config: { rate_limit: 10 } });
    const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    const left: (string | null)[] = [];
    left.push((await own.call(undefined, "GET", "/api/me")).headers.get("ratelimit-remaining"));
    left.push(
      (await own.call(undefined, "GET", "/api/me", undefined, as("sst_no"))).headers.get("ratelimit-remaining"),
    );
    // Signing out with a session that has ended is let through, as nobody.
    const out = await own.call(undefined, "POST", "/api/auth/logout", {}, as("sst_ended"));
    left.push(out.headers.get("ratelimit-remaining"));
    expect(out.status).toBe(200);
    expect(left).toEqual(["9", "8", "7"]);
    await own.close();
  });

  test.each(["off", "0"])("--rate-limit %s sets no limit and no headers", async (rate_limit) => {
    const server = await testServer({ rate_limit });
    const answer = await fetch(`${server.url}/api/me`);
    expect(answer.headers.has("ratelimit-limit")).toBe(false);
    await server.close();
  });

  test("the handshakes of sockets count", async () => {
    const server = await testServer({ rate_limit: "2" });
    const upgrade = {
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const ask = () => fetch(`${server.url}/api/realtime/ws?workspace_id=wsp_0`, { headers: upgrade });
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([401, 401, 429]);
    await server.close();
  });
});
