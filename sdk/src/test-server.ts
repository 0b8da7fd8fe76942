import type { Server, ServerWebSocket } from "bun";
import { createIdSource } from "./test-ids.ts";

/** What a test answers a request with; `undefined` leaves it to the event log below. */
type Answer = Response | undefined;

interface SocketData {
  after: string;
}

export interface TestEvent {
  id: string;
  cursor: string;
  type: string;
  workspace_id: string;
  created_at: string;
  payload: Record<string, unknown>;
  [field: string]: unknown;
}

/**
 * A small server of our own that speaks the wire: an event log by HTTP and WebSocket, and whatever else a test
 * answers. It is not the product; the SDK must hold against any server that keeps the contract.
 */
export function startTestServer(onRequest: (request: Request, url: URL) => Answer | Promise<Answer> = () => undefined) {
  const log: TestEvent[] = [];
  const sockets = new Set<ServerWebSocket<SocketData>>();
  const joins: string[] = [];
  const nextId = createIdSource();
  const script = { refuse: undefined as Response | undefined, close: undefined as number | undefined };

  const server = Bun.serve<SocketData>({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request, self) {
      const url = new URL(request.url);
      const answer = await onRequest(request, url);
      if (answer) return answer;
      if (url.pathname === "/api/realtime/events") return answerEvents(log, url);
      if (url.pathname !== "/api/realtime/ws") return errorAnswer(404, "not_found", "route not found");
      joins.push(url.search);
      return script.refuse ? script.refuse.clone() : upgrade(request, url, self);
    },
    websocket: {
      open(socket) {
        const code = script.close;
        script.close = undefined;
        if (code !== undefined) return socket.close(code, `closed with ${code}`);
        for (const event of log) if (event.cursor > socket.data.after) socket.send(JSON.stringify(event));
        socket.send(JSON.stringify(position("realtime.ready", tailOf(log))));
        sockets.add(socket);
      },
      message() {},
      close: (socket) => void sockets.delete(socket),
    },
  });

  return {
    url: `http://127.0.0.1:${server.port}`,
    log,
    joins,
    script,
    sockets,
    /** Appends an event and sends it to every socket. */
    append(type: string, payload: Record<string, unknown>, fields: Record<string, unknown> = {}): TestEvent {
      const event = newEvent(nextId, type, payload, fields);
      log.push(event);
      this.send(event);
      return event;
    },
    send(frame: unknown) {
      for (const socket of sockets) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    },
    /** A cursor after everything so far, of an event that this client may not see. */
    invisible: () => `cur_${nextId()}`,
    heartbeat(cursor: string) {
      this.send(position("realtime.heartbeat", cursor));
    },
    closeSockets(code: number, reason = "") {
      for (const socket of sockets) socket.close(code, reason);
    },
    dropSockets() {
      for (const socket of sockets) socket.terminate();
    },
    stop: () => server.stop(true),
  };
}

export type TestServer = ReturnType<typeof startTestServer>;

export function errorAnswer(
  status: number,
  code: string,
  error: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ error, code, request_id: "req_1" }, { status, headers });
}

function tailOf(log: TestEvent[]): string {
  return log.at(-1)?.cursor ?? "";
}

function answerEvents(log: TestEvent[], url: URL): Response {
  const after = url.searchParams.get("after_cursor") ?? "";
  const events = log.filter((event) => event.cursor > after).slice(0, Number(url.searchParams.get("limit") ?? 200));
  return Response.json({ events, ...(url.searchParams.has("include_tail") && { tail_cursor: tailOf(log) }) });
}

function upgrade(request: Request, url: URL, server: Server<SocketData>): Answer {
  const protocol = request.headers.get("sec-websocket-protocol");
  const data = { after: url.searchParams.get("after_cursor") ?? "" };
  const options = { data, ...(protocol && { headers: { "sec-websocket-protocol": protocol } }) };
  return server.upgrade(request, options) ? undefined : new Response(null, { status: 400 });
}

function newEvent(
  nextId: () => string,
  type: string,
  payload: Record<string, unknown>,
  fields: Record<string, unknown>,
): TestEvent {
  const id = nextId();
  const created_at = "2026-05-08T12:00:00.000Z";
  return { id: `evt_${id}`, cursor: `cur_${id}`, type, workspace_id: "wsp_1", created_at, payload, ...fields };
}

function position(type: string, cursor: string) {
  return {
    id: "",
    cursor: "",
    type,
    workspace_id: "wsp_1",
    created_at: "2026-05-08T12:00:00.000Z",
    payload: { cursor },
  };
}
