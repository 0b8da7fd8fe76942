import type { Asker, Json } from "./stage.ts";

/** One socket, by the platform's own `WebSocket`, and everything it received. */
export interface Tap {
  frames: Json[];
  protocol(): string;
  /** Waits for a frame instead of for time. */
  until(what: (frame: Json) => boolean): Promise<Json>;
  ready(): Promise<Json>;
  closed: Promise<{ code: number; reason: string }>;
  close(): void;
}

export function tap(url: string, query: string, options: { headers?: Json; protocols?: string[] }): Tap {
  // Bun's second form; the DOM's type knows only protocols.
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/realtime/ws?${query}`, options as Json);
  const frames: Json[] = [];
  let waiting: (() => void)[] = [];
  const wake = () => {
    const now = waiting;
    waiting = [];
    for (const go of now) go();
  };
  socket.onmessage = (message) => {
    frames.push(JSON.parse(String(message.data)));
    wake();
  };
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => {
      resolve({ code, reason });
      wake();
    };
  });
  async function until(what: (frame: Json) => boolean): Promise<Json> {
    for (;;) {
      const found = frames.find(what);
      if (found) return found;
      if (socket.readyState === WebSocket.CLOSED) throw new Error("the socket closed before the frame came");
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }
  return {
    frames,
    closed,
    until,
    protocol: () => socket.protocol,
    ready: () => until((frame) => frame.type === "realtime.ready"),
    close: () => socket.close(),
  };
}

export const bearer = (who: Asker) => ({ headers: { authorization: `Bearer ${who.token}` } });
