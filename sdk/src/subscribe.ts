import { CLOSE, CURSOR, ERROR_STATUS, LIMITS, parseEvent } from "@clickclack/protocol";
import type { ClickClackEvent } from "@clickclack/protocol";
import { backoffDelay, sleep } from "./backoff.ts";
import { ClickClackError } from "./error.ts";
import { listEvents } from "./event-log.ts";
import type { Http } from "./http.ts";
import { openConnection, socketAddress } from "./socket.ts";
import type { Connection, ConnectionEnd, WebSocketConstructor } from "./socket.ts";

/**
 * Where a subscription is. `catching_up`: connected, still getting what was missed. `live`: everything up to
 * now was handled. `offline`: the next try is at `retry_at` (milliseconds since 1970). `stopped`: for good,
 * with the error unless you closed it.
 */
export type SubscriptionState =
  | { name: "connecting" }
  | { name: "catching_up" }
  | { name: "live" }
  | { name: "offline"; retry_at: number }
  | { name: "stopped"; error?: Error };

export interface SubscribeOptions {
  workspaceId: string;
  /** Resume after this cursor. Without it the subscription begins at the log's end, so fetch in `onReady`. */
  afterCursor?: string | undefined;
  /** Every event in order, one at a time. When it throws, the event comes again after a reconnect. */
  onEvent(event: ClickClackEvent): unknown;
  /** Everything missed was handled; from here on events are live. Called after each reconnect. */
  onReady?(cursor: string): void;
  onState?(state: SubscriptionState): void;
  /** The cursor moved, after its event was handled: a good moment to store it. */
  onCursor?(cursor: string): unknown;
  /** What was missed is gone from the log: fetch everything again. Events go on once it has finished. */
  onResync?(): unknown;
  /** A failure, most of them passing; the state says whether it goes on. */
  onError?(error: Error): void;
  /** The subscription ended: closed, or no longer allowed. */
  onClose?(): void;
  /** Closes the subscription. */
  signal?: AbortSignal | undefined;
  /** The server's heartbeat interval in milliseconds. */
  heartbeat_ms?: number;
}

export interface Subscription {
  /** Ends it; a handler that is running finishes. */
  close(): void;
  /** Settles when it has ended and no handler runs any more. */
  readonly closed: Promise<void>;
  /** The last handled position, `undefined` before there is one. */
  readonly cursor: string | undefined;
  readonly state: SubscriptionState;
}

const BACKOFF = { base_ms: 250, max_ms: 30_000 };

/** See `client.events.subscribe`. */
export function subscribe(
  http: Http,
  WebSocket: WebSocketConstructor | undefined,
  options: SubscribeOptions,
): Subscription {
  if (!WebSocket) {
    throw new Error(
      "this runtime has no WebSocket (Node has one from version 22 on); pass one to the client: " +
        "new ClickClackClient({ webSocket }), for example from the `ws` package",
    );
  }
  return new EventStream(http, WebSocket, options);
}

class EventStream implements Subscription {
  readonly closed: Promise<void>;
  state: SubscriptionState = { name: "connecting" };
  /** `undefined`: take the tail first. Empty: the log was empty. */
  #position: string | undefined;
  #resyncing = false;
  #attempt = 0;
  #connection: Connection | undefined;
  readonly #stop = new AbortController();
  #retryNow = new AbortController();
  readonly #http: Http;
  readonly #WebSocket: WebSocketConstructor;
  readonly #options: SubscribeOptions;

  constructor(http: Http, WebSocket: WebSocketConstructor, options: SubscribeOptions) {
    this.#http = http;
    this.#WebSocket = WebSocket;
    this.#options = options;
    this.#position = options.afterCursor || undefined;
    if (options.signal?.aborted) this.#stop.abort();
    this.closed = this.#run();
  }

  get cursor(): string | undefined {
    return this.#position || undefined;
  }

  close = (): void => {
    this.#stop.abort();
    this.#connection?.close();
  };

  async #run(): Promise<void> {
    const retryNow = () => this.#retryNow.abort();
    this.#options.signal?.addEventListener("abort", this.close);
    if ("addEventListener" in globalThis) globalThis.addEventListener("online", retryNow);
    let error: Error | undefined;
    while (!this.#stop.signal.aborted) {
      try {
        this.#show({ name: "connecting" });
        if (this.#position === undefined) await this.#startAtTail();
        if (!this.#stop.signal.aborted) await this.#follow();
      } catch (failure) {
        if (this.#stop.signal.aborted) break;
        const reason = failure instanceof Error ? failure : new Error(String(failure));
        this.#tell(() => this.#options.onError?.(reason));
        if (isFinal(failure)) {
          error = reason;
          break;
        }
      }
      if (!this.#stop.signal.aborted) await this.#pause();
    }
    this.#options.signal?.removeEventListener("abort", this.close);
    if ("removeEventListener" in globalThis) globalThis.removeEventListener("online", retryNow);
    this.#show(error ? { name: "stopped", error } : { name: "stopped" });
    this.#tell(() => this.#options.onClose?.());
  }

  /** The tail is taken before anything is fetched: what happens meanwhile comes as events. */
  async #startAtTail(): Promise<void> {
    const { tail_cursor } = await listEvents(
      this.#http,
      { workspace_id: this.#options.workspaceId, include_tail: true, limit: 1 },
      { signal: this.#stop.signal },
    );
    if (this.#resyncing) await this.#options.onResync?.();
    this.#resyncing = false;
    this.#position = "";
    await this.#moveTo(tail_cursor ?? "");
  }

  async #follow(): Promise<void> {
    const address = socketAddress(this.#http.options, this.#options.workspaceId, this.cursor);
    this.#connection = openConnection(
      this.#WebSocket,
      { ...address, heartbeat_ms: this.#options.heartbeat_ms ?? LIMITS.heartbeat_ms },
      { open: () => this.#show({ name: "catching_up" }), frame: (text) => this.#handle(text) },
    );
    const end = await this.#connection.ended;
    this.#connection = undefined;
    if (!this.#stop.signal.aborted) await this.#judge(end);
  }

  async #handle(text: string): Promise<void> {
    const frame = this.#read(text);
    if (!frame) return;
    const { cursor, event } = frame;
    if (cursor !== "" && cursor <= (this.#position ?? "")) return;
    if (event?.type === "realtime.ready" || event?.type === "realtime.heartbeat") {
      await this.#moveTo(event.payload.cursor);
      if (event.type === "realtime.ready") this.#ready();
      return;
    }
    if (event) await this.#options.onEvent(event);
    await this.#moveTo(cursor);
  }

  /** A type that this version does not know has no `event`, but it moves the cursor. */
  #read(text: string): { cursor: string; event: ClickClackEvent | undefined } | undefined {
    try {
      const value = JSON.parse(text) as { cursor?: unknown } | null;
      const event = parseEvent(value);
      const cursor = typeof value?.cursor === "string" && CURSOR.test(value.cursor) ? value.cursor : "";
      return { cursor, event };
    } catch (cause) {
      this.#tell(() => this.#options.onError?.(new Error("the server sent a frame that is no event", { cause })));
      return undefined;
    }
  }

  async #moveTo(cursor: string): Promise<void> {
    if (cursor <= (this.#position ?? "")) return;
    this.#position = cursor;
    await this.#options.onCursor?.(cursor);
  }

  #ready(): void {
    this.#attempt = 0;
    this.#show({ name: "live" });
    this.#tell(() => this.#options.onReady?.(this.#position ?? ""));
  }

  async #judge(end: ConnectionEnd): Promise<void> {
    if (end.failure !== undefined) throw end.failure;
    if (end.code === CLOSE.resync) {
      this.#position = undefined;
      this.#resyncing = true;
      return;
    }
    if (end.code === CLOSE.revoked) throw revoked(end.reason);
    // A browser does not tell why a handshake was refused, so ask over HTTP.
    if (!end.opened) {
      const query = {
        workspace_id: this.#options.workspaceId,
        ...(this.cursor && { after_cursor: this.cursor }),
        limit: 1,
      };
      await listEvents(this.#http, query, { signal: this.#stop.signal });
    }
  }

  /** Waits before the next try; the first resync goes at once. A browser that comes online retries at once. */
  async #pause(): Promise<void> {
    const attempt = this.#attempt++;
    if (this.#resyncing && attempt === 0) return;
    const delay_ms = backoffDelay(attempt, BACKOFF);
    this.#show({ name: "offline", retry_at: Date.now() + delay_ms });
    this.#retryNow = new AbortController();
    await sleep(delay_ms, AbortSignal.any([this.#stop.signal, this.#retryNow.signal])).catch(() => undefined);
  }

  #show(state: SubscriptionState): void {
    this.state = state;
    this.#tell(() => this.#options.onState?.(state));
  }

  /** Watchers cannot stop the stream: what they throw surfaces as an unhandled error of theirs. */
  #tell(watcher: () => void): void {
    try {
      watcher();
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

function revoked(reason: string): ClickClackError {
  const code = reason.includes("workspace") ? "forbidden" : "unauthenticated";
  return new ClickClackError(reason || "access was revoked", { status: ERROR_STATUS[code], code });
}

/** Asking again would get the same answer. */
function isFinal(error: unknown): boolean {
  return error instanceof ClickClackError && [400, 401, 403, 404].includes(error.status);
}
