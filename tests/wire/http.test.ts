import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { testServer } from "../support/test-server.ts";
import { type Answer, ask, type Json, stage, type Stage } from "./stage.ts";

let s: Stage;
beforeAll(async () => {
  s = await stage();
});
afterAll(() => s.close());

const messages = () => `/api/channels/${s.general_id}/messages`;

/** The one shape of an error. */
function requireError(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.body.error).toBeString();
  expect(answer.body.error).not.toMatch(/sql|constraint|undefined|\bat .*:\d+/i);
  expect(answer.body.request_id).toBe(answer.headers.get("x-request-id"));
  expect(Object.keys(answer.body).filter((key) => !["error", "code", "details", "request_id"].includes(key))).toEqual(
    [],
  );
  for (const detail of answer.body.details ?? []) expect(Object.keys(detail).sort()).toEqual(["message", "path"]);
}

describe("errors", () => {
  test("an unknown route is 404 route not found, for anybody and every method", async () => {
    for (const who of [undefined, s.owner, s.bot])
      for (const method of ["GET", "POST", "DELETE"]) {
        const answer = await s.ask(who, method, "/api/nope");
        requireError(answer, 404, "not_found");
        expect(answer.body.error).toBe("route not found");
      }
    requireError(await s.ask(undefined, "GET", "/api"), 404, "not_found");
    requireError(await s.ask(undefined, "GET", "/api/"), 404, "not_found");
  });

  test("nobody is 401, and a bad token never falls through to another credential", async () => {
    requireError(await s.ask(undefined, "GET", "/api/me"), 401, "unauthenticated");
    requireError(await s.ask({ id: "", token: "sst_wrong" }, "GET", "/api/me"), 401, "unauthenticated");
    requireError(await s.ask({ id: "", token: "ccb_wrong" }, "GET", "/api/me"), 401, "unauthenticated");
    const cookie = { cookie: `cc_session=${s.owner.token}`, authorization: "Bearer wrong" };
    requireError(await s.ask(undefined, "GET", "/api/me", undefined, cookie), 401, "unauthenticated");
    const basic = { authorization: "Basic abc" };
    requireError(await s.ask(undefined, "GET", "/api/me", undefined, basic), 401, "unauthenticated");
  });

  test("what is not there and what is not yours are the same 404, for people and bots", async () => {
    const none = "00000000000000000000000000";
    for (const who of [s.outsider, s.owner, s.bot]) {
      const foreign = who === s.outsider;
      const places: [string, string, unknown?][] = [
        ["GET", `/api/workspaces/${foreign ? s.workspace_id : `wsp_${none}`}`],
        ["GET", `/api/workspaces/${foreign ? s.workspace_id : `wsp_${none}`}/channels`],
        ["GET", `/api/channels/${foreign ? s.general_id : `chn_${none}`}/messages`],
        ["POST", `/api/channels/${foreign ? s.general_id : `chn_${none}`}/messages`, { body: "x" }],
        ["GET", `/api/messages/msg_${none}`],
        ["GET", `/api/realtime/events?workspace_id=${foreign ? s.workspace_id : `wsp_${none}`}`],
      ];
      for (const [method, path, body] of places) requireError(await s.ask(who, method, path, body), 404, "not_found");
    }
  });

  test("a missing scope is 403 and names it", async () => {
    const answer = await s.ask(s.reader, "POST", messages(), { body: "x" });
    requireError(answer, 403, "forbidden");
    expect(answer.body.error).toBe("bot token is missing scope messages:write");
  });

  test("405 carries Allow and the error body, on every kind of route", async () => {
    const cases: [string, string, string][] = [
      ["PUT", "/api/me", "GET, HEAD, PATCH"],
      ["DELETE", messages(), "GET, HEAD, POST"],
      ["GET", "/api/auth/logout", "POST"],
      ["HEAD", "/api/auth/logout", "POST"],
      ["POST", "/healthz", "GET, HEAD"],
      ["POST", "/readyz", "GET, HEAD"],
      ["PUT", "/api/openapi.json", "GET, HEAD"],
      ["POST", "/api/realtime/ws", "GET, HEAD"],
      ["POST", "/", "GET, HEAD"],
    ];
    for (const [method, path, allow] of cases) {
      const answer = await s.ask(s.owner, method, path);
      expect([method, path, answer.status]).toEqual([method, path, 405]);
      expect(answer.headers.get("allow")?.split(", ").sort().join(", ")).toBe(allow);
      if (method !== "HEAD") requireError(answer, 405, "method_not_allowed");
    }
  });

  test("HEAD works wherever GET does, with its headers and no body", async () => {
    const paths = [
      "/healthz",
      "/readyz",
      "/app",
      "/app/x/y",
      "/api/openapi.json",
      "/api/me",
      "/api/workspaces",
      "/api/event-types",
      "/api/auth/setup",
      messages(),
      "/api/nope",
      "/api/messages/by-nonce?workspace_id=x&nonce=y",
    ];
    for (const path of paths) {
      const [get, head] = [await s.ask(s.owner, "GET", path), await s.ask(s.owner, "HEAD", path)];
      expect([path, head.status]).toEqual([path, get.status]);
      expect(head.body).toBe("");
      expect([path, head.headers.get("content-length")]).toEqual([path, get.headers.get("content-length")]);
      for (const name of ["content-type", "cache-control", "x-clickclack-message-nonce"])
        expect([path, name, head.headers.get(name)]).toEqual([path, name, get.headers.get(name)]);
    }
  });
});

describe("ids of a request", () => {
  test("X-Correlation-ID is echoed when it is well formed, else made", async () => {
    for (const path of ["/api/me", "/api/nope", "/healthz", "/api/openapi.json", "/"]) {
      const given = await s.ask(s.owner, "GET", path, undefined, { "x-correlation-id": "a.B:c_d-9" });
      expect([path, given.headers.get("x-correlation-id")]).toEqual([path, "a.B:c_d-9"]);
      for (const bad of ["with space", "ü", "x".repeat(129), "a/b"]) {
        const made = await s.ask(s.owner, "GET", path, undefined, { "x-correlation-id": bad });
        expect(made.headers.get("x-correlation-id")).toMatch(/^corr_[0-9a-f]{32}$/);
      }
    }
    const longest = "x".repeat(128);
    const answer = await s.ask(s.owner, "GET", "/api/me", undefined, { "x-correlation-id": longest });
    expect(answer.headers.get("x-correlation-id")).toBe(longest);
  });

  test("X-Request-ID is on every answer", async () => {
    const seen = new Set<string>();
    const paths = [
      "/api/me",
      "/api/nope",
      "/healthz",
      "/readyz",
      "/metrics",
      "/api/openapi.json",
      "/",
      "/app",
      "/x.js",
    ];
    for (const path of paths) {
      const id = (await s.ask(s.owner, "GET", path)).headers.get("x-request-id");
      expect([path, id]).toEqual([path, expect.stringMatching(/^req_[0-9a-z]+$/)]);
      seen.add(id ?? "");
    }
    expect(seen.size).toBe(paths.length);
  });

  test("the correlation id is in the payload of a send and of a reply, and nowhere in the message", async () => {
    const headers = { "x-correlation-id": "run-7" };
    const sent = await s.ask(s.bot, "POST", messages(), { body: "traced" }, headers);
    expect(sent.body.event.payload.correlation_id).toBe("run-7");
    expect(JSON.stringify(sent.body.message)).not.toContain("run-7");
    const thread = `/api/messages/${sent.body.message.id}/thread/replies`;
    const replied = await s.ask(s.owner, "POST", thread, { body: "traced" }, headers);
    expect(replied.body.events[0].payload.correlation_id).toBe("run-7");
    expect(JSON.stringify(replied.body.message)).not.toContain("run-7");
    const plain = await s.ask(s.owner, "POST", messages(), { body: "untraced" });
    expect(plain.body.event.payload.correlation_id).toBe(plain.headers.get("x-correlation-id"));
  });
});

describe("JSON bodies", () => {
  const post = (body: string | Uint8Array | ReadableStream, headers?: HeadersInit) =>
    s.ask(s.member, "POST", messages(), body, headers);

  test("hold exactly one value, a JSON object of valid UTF-8", async () => {
    const bad = ["", "   ", "{", '{"body":"x"} {}', '{"body":"x"}x', "[]", "null", '"x"', "1", '{"body":"x",}'];
    for (const body of bad) requireError(await post(body), 400, "validation_failed");
    requireError(await post(Buffer.from([...Buffer.from('{"body":"'), 0xff, 0x22, 0x7d])), 400, "validation_failed");
    requireError(await s.ask(s.member, "POST", messages()), 400, "validation_failed");
    expect((await post(' {"body":"spaces around"} \n')).status).toBe(201);
  });

  test("are at most 1 MiB, with or without a declared length", async () => {
    const padded = (bytes: number) => JSON.stringify({ body: "x", pad: "" }).replace('""', `"${"p".repeat(bytes)}"`);
    const frame = padded(0).length;
    expect((await post(padded(1024 * 1024 - frame))).status).toBe(201);
    requireError(await post(padded(1024 * 1024 - frame + 1)), 413, "payload_too_large");
    const chunk = Buffer.alloc(256 * 1024, 0x20);
    const stream = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 5; n++) controller.enqueue(chunk);
        controller.close();
      },
    });
    requireError(await post(stream), 413, "payload_too_large");
  });

  test("may come with another content type, except on the sign-in routes", async () => {
    const text = { "content-type": "text/plain" };
    expect((await post('{"body":"as text"}', text)).status).toBe(201);
    const auth = ["magic/consume", "password/login", "logout", "setup"];
    for (const path of auth)
      requireError(await s.ask(undefined, "POST", `/api/auth/${path}`, "{}", text), 415, "unsupported_media_type");
    const charset = { "content-type": "application/json; charset=utf-8" };
    expect((await s.ask(undefined, "POST", "/api/auth/logout", "{}", charset)).status).toBe(200);
  });

  test("ignore unknown fields, and match names exactly", async () => {
    const answer = await post('{"body":"kept","Body":"not me","colour":"red"}');
    expect([answer.status, answer.body.message.body]).toEqual([201, "kept"]);
    requireError(await post('{"Body":"x"}'), 400, "validation_failed");
  });

  test("wrong types name the field", async () => {
    const answer = await post('{"body":7}');
    requireError(answer, 400, "validation_failed");
    expect(answer.body.details).toEqual([{ path: "body", message: "body must be a string" }]);
  });
});

describe("for operators and machines", () => {
  test("healthz, readyz and the contract need nobody", async () => {
    expect((await s.ask(undefined, "GET", "/healthz")).body).toEqual({ status: "ok" });
    expect((await s.ask(undefined, "GET", "/readyz")).body.status).toBe("ready");
    const contract = await s.ask(undefined, "GET", "/api/openapi.json");
    expect(contract.headers.get("content-type")).toMatch(/^application\/json/);
    expect((contract.body as Json).openapi).toStartWith("3.1");
  });

  test("metrics are 404 until they are enabled, then Prometheus text", async () => {
    requireError(await s.ask(undefined, "GET", "/metrics"), 404, "not_found");
    const server = await testServer({ metrics_enabled: true });
    try {
      await ask(server.url, undefined, "GET", "/api/messages/msg_x");
      const answer = await ask(server.url, undefined, "GET", "/metrics");
      expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
      for (const name of ["clickclack_build_info", "clickclack_ready", "clickclack_http_requests_total"])
        expect(answer.body).toContain(name);
      expect(answer.body).toContain('{method="GET",route="/api/messages/:message_id",status_class="4xx"} 1');
      expect(answer.body).toContain("clickclack_ready 1");
      expect((await ask(server.url, undefined, "HEAD", "/metrics")).status).toBe(200);
    } finally {
      await server.close();
    }
  });

  test("the event types are for anybody signed in, sorted", async () => {
    for (const who of [s.member, s.bot, s.reader]) {
      const { body } = await s.ask(who, "GET", "/api/event-types");
      expect(body.event_types).toEqual([...body.event_types].sort());
      expect(body.event_types).toContainValues(["message.created", "thread.state_updated", "member.joined"]);
    }
    expect((await s.ask(undefined, "GET", "/api/event-types")).status).toBe(401);
  });

  test("the front page leads to the client by a relative address, so a proxy's scheme stays", async () => {
    const answer = await s.ask(undefined, "GET", "/");
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/app"]);
  });
});
