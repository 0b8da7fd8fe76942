import { LIMITS } from "@clickclack/protocol";
import type { HttpOptions } from "./http.ts";

/** The part of a WebSocket that the SDK uses; the global one and the `ws` package both have it. */
export interface WebSocketLike {
  addEventListener(type: string, listener: (event: { data?: unknown; code?: number; reason?: string }) => void): void;
  close(code?: number, reason?: string): void;
}

/** Pass one as `webSocket` where there is no global WebSocket, as in Node 20. */
export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike;

/** How a connection ended. `failure` is what a frame's handler threw. */
export interface ConnectionEnd {
  opened: boolean;
  code: number;
  reason: string;
  failure?: unknown;
}

export interface Connection {
  /** Settles when the socket is closed and the last handler has finished. */
  ended: Promise<ConnectionEnd>;
  /** Drops what is still queued and closes. */
  close(): void;
}

const OPEN_TIMEOUT_MS = 15_000;
/** Heartbeats that may fail to come, in intervals, before the connection counts as dead. */
const SILENCE_INTERVALS = 2.5;
/** Close code of a connection that broke off without one. */
const ABNORMAL = 1006;

/** One connection: frames are handled strictly in order, one at a time, and silence ends it. */
export function openConnection(
  WebSocket: WebSocketConstructor,
  address: { url: string; protocols: string[]; heartbeat_ms: number },
  on: { open(): void; frame(text: string): Promise<void> },
): Connection {
  const queue: string[] = [];
  let handling = false;
  let opened = false;
  let end: ConnectionEnd | undefined;
  let heardAt = Date.now();
  let resolve: (end: ConnectionEnd) => void = () => undefined;
  const ended = new Promise<ConnectionEnd>((settle) => (resolve = settle));
  const socket = new WebSocket(address.url, address.protocols.length > 0 ? address.protocols : undefined);

  const finish = (code: number, reason: string, failure?: unknown) => {
    if (end) return;
    end = { opened, code, reason, failure };
    clearInterval(watchdog);
    socket.close();
    if (!handling) resolve(end);
  };
  const watchdog = setInterval(() => {
    const allowed_ms = opened ? address.heartbeat_ms * SILENCE_INTERVALS : OPEN_TIMEOUT_MS;
    if (Date.now() - heardAt > allowed_ms) finish(ABNORMAL, opened ? "no heartbeat" : "no connection");
  }, address.heartbeat_ms / 10);

  const handleQueue = async () => {
    handling = true;
    for (let text = queue.shift(); text !== undefined; text = queue.shift()) {
      try {
        await on.frame(text);
      } catch (failure) {
        queue.length = 0;
        if (end) end.failure = failure;
        else finish(ABNORMAL, "a handler failed", failure);
      }
    }
    handling = false;
    if (end) resolve(end);
  };

  socket.addEventListener("open", () => {
    opened = true;
    heardAt = Date.now();
    if (!end) on.open();
  });
  socket.addEventListener("message", ({ data }) => {
    heardAt = Date.now();
    if (end || typeof data !== "string") return;
    queue.push(data);
    // A handler this far behind gets the rest from the log: what is queued is finished, then we reconnect.
    if (queue.length >= LIMITS.replay_events) finish(ABNORMAL, "the handler is too slow");
    if (!handling) void handleQueue();
  });
  socket.addEventListener("close", ({ code, reason }) => finish(code ?? ABNORMAL, reason ?? ""));
  // A close follows every error, except from a socket that never got as far as connecting.
  socket.addEventListener("error", () => opened || finish(ABNORMAL, "no connection"));

  return {
    ended,
    close: () => {
      queue.length = 0;
      finish(1000, "closed");
    },
  };
}

/** Where and as whom to connect. A sub-protocol carries the token, since browsers cannot set headers. */
export function socketAddress(
  options: HttpOptions,
  workspaceId: string,
  cursor: string | undefined,
): { url: string; protocols: string[] } {
  const url = new URL(`${options.baseUrl.replace(/^http/, "ws")}/api/realtime/ws`);
  url.searchParams.set("workspace_id", workspaceId);
  if (cursor) url.searchParams.set("after_cursor", cursor);
  return { url: url.href, protocols: options.token ? [`clickclack.bearer.${options.token}`] : [] };
}
