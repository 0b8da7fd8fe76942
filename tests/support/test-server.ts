import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { readConfig } from "../../src/config.ts";
import { type RunningServer, serve } from "../../src/server.ts";

/** A real server on a free port, over a data directory of its own. */
export async function testServer(
  flags: Record<string, unknown> = {},
  program: { heartbeat_ms?: number; presence_grace_ms?: number } = {},
): Promise<RunningServer & { close(): Promise<void> }> {
  const data = mkdtempSync(join(tmpdir(), "clickclack-server-"));
  const config = readConfig({ flags: { addr: "127.0.0.1:0", data, rate_limit: 0, ...flags }, env: {} });
  const server = await serve(config, { log: pino({ enabled: false }), version: "test", ...program });
  return {
    ...server,
    async close() {
      await server.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** One socket and everything it received; `until` waits for a frame instead of for time. */
export class Listener {
  readonly frames: Frame[] = [];
  readonly #socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  #waiting: (() => void)[] = [];

  constructor(url: string, token: string, query: string) {
    this.#socket = new WebSocket(`${url.replace("http", "ws")}/api/realtime/ws?${query}`, [
      `clickclack.bearer.${token}`,
    ]);
    this.#socket.onmessage = (message) => {
      this.frames.push(JSON.parse(String(message.data)) as Frame);
      this.#wake();
    };
    this.closed = new Promise((resolve) => {
      this.#socket.onclose = (event) => {
        resolve({ code: event.code, reason: event.reason });
        this.#wake();
      };
    });
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get durable(): Frame[] {
    return this.frames.filter((frame) => frame.cursor);
  }

  async until(what: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(what);
      if (found) return found;
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error("the socket closed before the frame came");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  ready(): Promise<Frame> {
    return this.until((frame) => frame.type === "realtime.ready");
  }

  close(): void {
    this.#socket.close();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

export interface Frame {
  id: string;
  type: string;
  cursor?: string;
  channel_id?: string;
  seq?: number;
  payload: Record<string, unknown> & { message?: { body: string; id: string } };
}
