import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ClickClackClient, ClickClackError } from "./index.ts";
import type { ClickClackClientOptions } from "./index.ts";
import { errorAnswer, startTestServer } from "./test-server.ts";
import type { TestServer } from "./test-server.ts";

// Generous: it bounds a hang on a busy machine, no test measures time.
setDefaultTimeout(60_000);

const user = { id: "usr_1", kind: "human", display_name: "Ada", handle: "ada", avatar_url: "", created_at: "" };

let server: TestServer | undefined;
afterEach(() => server?.stop());

function clientOf(
  answer: (request: Request, url: URL) => Response | undefined | Promise<Response | undefined>,
  options: ClickClackClientOptions = {},
): ClickClackClient {
  server = startTestServer(answer);
  return new ClickClackClient({ baseUrl: server.url, ...options });
}

async function failure(call: Promise<unknown>): Promise<ClickClackError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ClickClackError)) throw new Error(`expected a ClickClackError, got ${String(error)}`);
  return error;
}

describe("requests", () => {
  test("a token travels as bearer, without the CSRF header", async () => {
    const seen: Headers[] = [];
    const client = clientOf(
      (request) => {
        seen.push(request.headers);
        return Response.json({ user });
      },
      { token: "sst_1" },
    );
    await client.updateMe({ display_name: "Ada" });
    expect(seen[0]?.get("authorization")).toBe("Bearer sst_1");
    expect(seen[0]?.get("x-clickclack-csrf")).toBeNull();
    expect(seen[0]?.get("content-type")).toBe("application/json");
  });

  test("without a token unsafe calls carry the CSRF header, safe ones do not, and userId its header", async () => {
    const seen: Headers[] = [];
    const client = clientOf(
      (request) => {
        seen.push(request.headers);
        return Response.json({ user });
      },
      { userId: "usr_1" },
    );
    await client.updateMe({ display_name: "Ada" });
    await client.me();
    expect(seen.map((headers) => headers.get("x-clickclack-csrf"))).toEqual(["1", null]);
    expect(seen[1]?.get("x-clickclack-user")).toBe("usr_1");
  });

  test("a base address keeps its path; an emoji is percent-encoded once; both spellings of a page work", async () => {
    const seen: string[] = [];
    server = startTestServer((request, url) => {
      seen.push(`${request.method} ${url.pathname}${url.search}`);
      return Response.json({});
    });
    const client = new ClickClackClient({ baseUrl: `${server.url}/chat/` });
    await client.messages.removeReaction("msg_1", "🦞");
    await client.channels.messages("chn_1", 7);
    await client.channels.messagesPage("chn_1", { beforeSeq: 9, limit: 5 });
    await client.channels.messages("chn_1", { around_seq: 3 });
    await client.threads.get("msg_1", 20);
    expect(seen).toEqual([
      "DELETE /chat/api/messages/msg_1/reactions/%F0%9F%A6%9E",
      "GET /chat/api/channels/chn_1/messages?after_seq=7",
      "GET /chat/api/channels/chn_1/messages?before_seq=9&limit=5",
      "GET /chat/api/channels/chn_1/messages?around_seq=3",
      "GET /chat/api/messages/msg_1/thread?limit=20",
    ]);
  });

  test("signing in keeps the token outside a page, signing out forgets it", async () => {
    const bearer: (string | null)[] = [];
    const client = clientOf((request, url) => {
      bearer.push(request.headers.get("authorization"));
      return Response.json(url.pathname.endsWith("login") ? { user, session: {}, token: "sst_9" } : { user, ok: true });
    });
    await client.auth.login({ identifier: "ada", password: "open sesame" });
    await client.me();
    await client.auth.logout();
    await client.me();
    expect(bearer).toEqual([null, "Bearer sst_9", "Bearer sst_9", null]);
  });
});

describe("errors", () => {
  test("carry status, code, details and request id", async () => {
    const client = clientOf(() =>
      Response.json(
        {
          error: "name is too long",
          code: "validation_failed",
          details: [{ path: "name", message: "too long" }],
          request_id: "req_7",
        },
        { status: 400 },
      ),
    );
    const error = await failure(client.channels.create("wsp_1", { name: "x" }));
    expect(error).toMatchObject({
      status: 400,
      code: "validation_failed",
      message: "name is too long",
      request_id: "req_7",
    });
    expect(error.details).toEqual([{ path: "name", message: "too long" }]);
  });

  test("of the original server, which has no code, get one from the status", async () => {
    const client = clientOf(() => Response.json({ error: "authentication required" }, { status: 401 }));
    expect(await failure(client.me())).toMatchObject({ code: "unauthenticated", message: "authentication required" });
  });

  test("an answer that is not JSON is named as such", async () => {
    const client = clientOf(() => new Response("<html>welcome to the hotel wifi</html>"));
    expect(await failure(client.me())).toMatchObject({ code: "invalid_response", status: 200 });
  });

  test("a 404 of findByNonce means none only with the header", async () => {
    let header = true;
    const client = clientOf(() =>
      errorAnswer(404, "not_found", "none", header ? { "X-ClickClack-Message-Nonce": "supported" } : {}),
    );
    expect(await client.messages.findByNonce("wsp_1", "n")).toBeUndefined();
    header = false;
    expect((await failure(client.messages.findByNonce("wsp_1", "n"))).code).toBe("not_found");
  });

  test("no server is a network error, a silent one a timeout, an abort the caller's own reason", async () => {
    const silent = clientOf(() => new Promise<undefined>(() => undefined), { timeout_ms: 50 });
    expect(await failure(silent.me())).toMatchObject({ code: "timeout", status: 0 });
    const reason = new Error("changed my mind");
    expect(await silent.me({ signal: AbortSignal.abort(reason) }).catch((error) => error)).toBe(reason);
    await server?.stop();
    expect(await failure(silent.channels.create("wsp_1", { name: "x" }))).toMatchObject({ code: "network", status: 0 });
  });
});

describe("retries", () => {
  test("a safe call is retried after 503, and a send with a nonce keeps its nonce", async () => {
    const nonces: unknown[] = [];
    let left = 2;
    const client = clientOf(async (request) => {
      if (request.method === "POST") nonces.push(((await request.json()) as { nonce: string }).nonce);
      left -= 1;
      return left >= 0 ? errorAnswer(503, "unavailable", "busy") : Response.json({ user, message: { id: "msg_1" } });
    });
    expect((await client.me()).user.id).toBe("usr_1");
    left = 1;
    expect((await client.channels.sendMessage("chn_1", { body: "hi", nonce: "n-1" })).message.id).toBe("msg_1");
    expect(nonces).toEqual(["n-1", "n-1"]);
  });

  test("a send without a nonce, and a refusal, are tried once", async () => {
    let count = 0;
    const client = clientOf((_request, url) => {
      count += 1;
      return url.pathname === "/api/me" ? errorAnswer(403, "forbidden", "no") : errorAnswer(503, "unavailable", "busy");
    });
    expect((await failure(client.channels.sendMessage("chn_1", "hi"))).code).toBe("unavailable");
    expect((await failure(client.me())).code).toBe("forbidden");
    expect(count).toBe(2);
  });

  test("Retry-After is obeyed when it fits into the timeout, else the error comes at once", async () => {
    let count = 0;
    const client = clientOf(() => {
      count += 1;
      return count === 1
        ? errorAnswer(429, "rate_limited", "slow down", { "Retry-After": "0" })
        : errorAnswer(429, "rate_limited", "slow down", { "Retry-After": "3600" });
    });
    expect(await failure(client.me())).toMatchObject({ code: "rate_limited", retry_after_s: 3600 });
    expect(count).toBe(2);
  });

  test("a lost connection is retried a bounded number of times", async () => {
    let count = 0;
    const client = new ClickClackClient({
      baseUrl: "http://127.0.0.1:1",
      fetch: async () => {
        count += 1;
        throw new TypeError("connection refused");
      },
    });
    expect((await failure(client.me())).code).toBe("network");
    expect(count).toBe(5);
  });
});
