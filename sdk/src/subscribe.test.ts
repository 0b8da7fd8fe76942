import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { ClickClackClient, ClickClackError } from "./index.ts";
import type { ClickClackClientOptions, SubscribeOptions, Subscription } from "./index.ts";
import { errorAnswer, startTestServer } from "./test-server.ts";
import type { TestServer } from "./test-server.ts";

// Generous: it bounds a hang on a busy machine, no test measures time.
setDefaultTimeout(60_000);

let server: TestServer;
let subscription: Subscription | undefined;
afterEach(async () => {
  subscription?.close();
  await subscription?.closed;
  await server.stop();
});

/** A list that a test can wait for. */
function record<T>() {
  const items: T[] = [];
  const waiting: { count: number; done: () => void }[] = [];
  return {
    items,
    add(item: T) {
      items.push(item);
      for (const wait of waiting) if (items.length >= wait.count) wait.done();
    },
    reach: (count: number) =>
      new Promise<void>((done) => (items.length >= count ? done() : waiting.push({ count, done }))),
  };
}

function follow(options: Partial<SubscribeOptions> = {}, client: ClickClackClientOptions = {}) {
  const seen = record<string>();
  const ready = record<string>();
  const states = record<string>();
  const errors = record<Error>();
  subscription = new ClickClackClient({ baseUrl: server.url, ...client }).events.subscribe({
    workspaceId: "wsp_1",
    onEvent: (event) => seen.add(event.id),
    onReady: (cursor) => ready.add(cursor),
    onState: (state) => states.add(state.name),
    onError: (error) => errors.add(error),
    ...options,
  });
  return { seen, ready, states, errors, subscription };
}

const say = (n: number) => server.append("message.created", { message_id: `msg_${n}`, author_id: "usr_2" }, { seq: n });

test("a fresh subscription begins at the tail and says where it is", async () => {
  server = startTestServer();
  say(1);
  const old = say(2);
  const moved = record<string>();
  const { seen, ready, states } = follow({ onCursor: (cursor) => moved.add(cursor) });
  await ready.reach(1);
  const event = say(3);
  await moved.reach(2);
  expect(seen.items).toEqual([event.id]);
  expect(ready.items).toEqual([old.cursor]);
  expect(states.items).toEqual(["connecting", "catching_up", "live"]);
  expect(subscription?.cursor).toBe(event.cursor);
});

test("a workspace without events starts without a cursor, and its first event arrives", async () => {
  server = startTestServer();
  const { seen, ready } = follow();
  await ready.reach(1);
  say(1);
  await seen.reach(1);
  expect(server.joins[0]).not.toContain("after_cursor");
});

test("events are handled one at a time and in order, and the cursor moves after the handler", async () => {
  server = startTestServer();
  const order: string[] = [];
  const done = record<string>();
  const { ready } = follow({
    async onEvent(event) {
      order.push(`in ${event.seq} ${subscription?.cursor ?? "none"}`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`out ${event.seq}`);
    },
    onCursor: (cursor) => done.add(cursor),
  });
  await ready.reach(1);
  const events = [say(1), say(2), say(3)];
  await done.reach(3);
  expect(order).toEqual([
    "in 1 none",
    "out 1",
    `in 2 ${events[0]?.cursor}`,
    "out 2",
    `in 3 ${events[1]?.cursor}`,
    "out 3",
  ]);
});

test("after a broken connection it resumes from its cursor, without a gap or a duplicate", async () => {
  server = startTestServer();
  const { seen, ready, states } = follow();
  await ready.reach(1);
  const first = say(1);
  await seen.reach(1);
  server.dropSockets();
  const second = say(2);
  await seen.reach(2);
  server.send(first);
  server.send(second);
  const third = say(3);
  await seen.reach(3);
  expect(seen.items).toEqual([first.id, second.id, third.id]);
  expect(states.items).toContain("offline");
  expect(server.joins.at(-1)).toContain(first.cursor);
});

test("a failing handler gets the event again, and nothing after it before", async () => {
  server = startTestServer();
  const handled = record<string>();
  let failures = 2;
  const { errors, ready } = follow({
    onEvent(event) {
      if (event.seq === 2 && failures-- > 0) throw new Error("not now");
      handled.add(event.id);
    },
  });
  await ready.reach(1);
  const events = [say(1), say(2), say(3)];
  await handled.reach(3);
  expect(handled.items).toEqual(events.map((event) => event.id));
  expect(errors.items.map((error) => error.message)).toEqual(["not now", "not now"]);
});

test("4001 takes a fresh tail, then resyncs, then goes on", async () => {
  server = startTestServer();
  say(1);
  const steps = record<string>();
  server.script.close = 4001;
  const { seen, ready } = follow({
    afterCursor: "cur_00000000000000000000009999",
    onResync: async () => {
      say(2);
      steps.add("resync");
    },
    onReady: (cursor) => steps.add(cursor),
  });
  await steps.reach(2);
  await seen.reach(1);
  const [lost, missed] = server.log;
  expect(steps.items).toEqual(["resync", missed?.cursor ?? ""]);
  expect(seen.items).toEqual([missed?.id ?? ""]);
  expect(server.joins.at(-1)).toContain(lost?.cursor ?? "none");
  expect(ready.items).toEqual([]);
});

test("1008 stops for good and reports why", async () => {
  server = startTestServer();
  const { ready, errors, states, subscription } = follow();
  await ready.reach(1);
  server.closeSockets(1008, "session revoked; sign in again");
  await subscription.closed;
  expect(errors.items[0]).toBeInstanceOf(ClickClackError);
  expect(errors.items[0]).toMatchObject({ code: "unauthenticated", message: "session revoked; sign in again" });
  expect(states.items.at(-1)).toBe("stopped");
  expect(subscription.state).toMatchObject({ name: "stopped", error: errors.items[0] });
});

test("a refused handshake is explained over HTTP: 401 stops, 503 is tried again", async () => {
  let allowed = true;
  server = startTestServer((_request, url) =>
    url.pathname === "/api/realtime/events" && !allowed ? errorAnswer(401, "unauthenticated", "sign in") : undefined,
  );
  server.script.refuse = new Response("busy", { status: 503 });
  const { ready, states, errors, subscription } = follow();
  await states.reach(3);
  expect(states.items.slice(0, 3)).toEqual(["connecting", "offline", "connecting"]);
  server.script.refuse = undefined;
  await ready.reach(1);
  allowed = false;
  server.script.refuse = new Response("no", { status: 401 });
  server.dropSockets();
  await subscription.closed;
  expect(errors.items.at(-1)).toMatchObject({ code: "unauthenticated", message: "sign in" });
});

test("silence beyond two and a half heartbeats reconnects", async () => {
  server = startTestServer();
  const { ready, states } = follow({ heartbeat_ms: 40 });
  await ready.reach(2);
  expect(states.items.slice(0, 5)).toEqual(["connecting", "catching_up", "live", "offline", "connecting"]);
});

test("a heartbeat moves the cursor past what this client may not see", async () => {
  server = startTestServer();
  const moved = record<string>();
  const { ready } = follow({ onCursor: (cursor) => moved.add(cursor) });
  await ready.reach(1);
  const cursor = server.invisible();
  server.heartbeat(cursor);
  await moved.reach(1);
  expect(subscription?.cursor).toBe(cursor);
});

test("an event type of a newer server moves the cursor and reaches nobody; a broken frame is reported", async () => {
  server = startTestServer();
  const moved = record<string>();
  const { seen, ready, errors } = follow({ onCursor: (cursor) => moved.add(cursor) });
  await ready.reach(1);
  server.send("{");
  const unknown = server.append("hologram.shown", {});
  await moved.reach(1);
  expect(moved.items).toEqual([unknown.cursor]);
  expect(seen.items).toEqual([]);
  expect(errors.items).toHaveLength(1);
});

test("a token travels as sub-protocol, and closing stops for good", async () => {
  let protocol: string | null = null;
  server = startTestServer((request, url) => {
    if (url.pathname === "/api/realtime/ws") protocol = request.headers.get("sec-websocket-protocol");
    return undefined;
  });
  const stop = new AbortController();
  const { ready, states, subscription } = follow({ signal: stop.signal }, { token: "ccb_1" });
  await ready.reach(1);
  expect(protocol as string | null).toBe("clickclack.bearer.ccb_1");
  stop.abort();
  await subscription.closed;
  expect(states.items.at(-1)).toBe("stopped");
});

test("the browser coming online retries at once", async () => {
  server = startTestServer();
  server.script.refuse = new Response("busy", { status: 503 });
  const { ready, subscription, states } = follow();
  await states.reach(4);
  server.script.refuse = undefined;
  while (subscription.state.name !== "live") {
    globalThis.dispatchEvent(new Event("online"));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(ready.items).toHaveLength(1);
});

test("a runtime without WebSocket is told what to do", async () => {
  server = startTestServer();
  const { subscribe } = await import("./subscribe.ts");
  const http = {
    options: { baseUrl: server.url, token: undefined, userId: undefined, timeout_ms: 1, fetch },
    request: () => Promise.reject(),
    download: () => Promise.reject(),
  };
  expect(() => subscribe(http, undefined, { workspaceId: "wsp_1", onEvent() {} })).toThrow("webSocket");
});
