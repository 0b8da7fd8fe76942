import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../tests/support/test-app.ts";
import { clientAddress, trustedProxies } from "./address.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

test("an unknown route and a wrong method have our error body", async () => {
  const unknown = await t.call(t.cast.owner, "GET", "/api/nope");
  expect([unknown.status, unknown.body]).toEqual([
    404,
    { error: "route not found", code: "not_found", request_id: unknown.headers.get("x-request-id") },
  ]);
  const method = await t.call(t.cast.owner, "PUT", "/api/me", {});
  expect([method.status, method.body.code]).toEqual([405, "method_not_allowed"]);
  expect(method.headers.get("allow")?.split(", ").sort()).toEqual(["GET", "HEAD", "PATCH"]);
});

test("every answer has its ids and headers, errors too", async () => {
  for (const who of [t.cast.owner, undefined]) {
    const { headers, body } = await t.call(who, "GET", "/api/me");
    expect(headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("no-store");
    if (!who) expect(body.request_id).toBe(headers.get("x-request-id"));
  }
});

test("JSON of any content type is read where nobody signs in", async () => {
  const sent = await t.call(t.cast.owner, "POST", `/api/channels/${t.general.id}/messages`, '{"body":"plain"}', {
    headers: { "content-type": "text/plain" },
  });
  expect(sent.status).toBe(201);
});

test("requests above the limit are told to wait", async () => {
  const limited = await testApp({ config: { rate_limit: 3 } });
  const answers = [];
  for (let n = 0; n < 4; n++) answers.push(await limited.call(limited.cast.owner, "GET", "/api/me"));
  expect(answers.map((one) => one.status)).toEqual([200, 200, 200, 429]);
  expect(Number(answers[3]?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await limited.call(limited.cast.member, "GET", "/api/me")).status).toBe(200);
  await limited.close();
});

test("a forwarded address counts only from a trusted proxy", () => {
  const trusted = trustedProxies(["127.0.0.1", "10.0.0.0/8"]);
  expect(clientAddress("127.0.0.1", "198.51.100.7, 10.1.2.3", trusted)).toBe("198.51.100.7");
  expect(clientAddress("203.0.113.1", "198.51.100.7", trusted)).toBe("203.0.113.1");
  expect(clientAddress("127.0.0.1", "198.51.100.7", undefined)).toBe("127.0.0.1");
  expect(clientAddress("::ffff:127.0.0.1", "nonsense", trusted)).toBe("127.0.0.1");
});
