/**
 * One signed-in WebSocket on a bare TCP socket. A WebSocket client would build a string for every
 * frame, and a thousand of them would cost more than the server under test.
 */
import { PONG } from "./frames.ts";
import type { ReferenceStream } from "./reference-stream.ts";
import { createFollower } from "./stream-follower.ts";

const BEARER_PROTOCOL = "clickclack.bearer.";
const HEAD_END = "\r\n\r\n";

export interface SocketReader {
  /** How much of the reference stream this socket has received. */
  offset(): number;
  close(): void;
}

export interface ReaderOptions {
  port: number;
  path: string;
  token: string;
  stream: ReferenceStream;
  /** Called for each frame that is no message: readiness, presence, heartbeats. */
  otherFrame: (frame: Buffer) => void;
  /** The socket ended or received something that it must not. */
  failed: (reason: string) => void;
}

/** Resolves once the server has accepted the upgrade. */
export async function openSocketReader(options: ReaderOptions): Promise<SocketReader> {
  const { stream, otherFrame } = options;
  const upgraded = Promise.withResolvers<void>();
  const follower = createFollower({ stream, otherFrame, pinged: () => socket.write(PONG) });
  let head: Buffer | undefined = Buffer.alloc(0);
  let closing = false;

  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: options.port,
    socket: {
      data(_, chunk) {
        try {
          if (head) receiveHead(Buffer.concat([head, chunk]));
          else follower.receive(chunk);
        } catch (error) {
          options.failed(error instanceof Error ? error.message : String(error));
        }
      },
      close() {
        if (!closing) options.failed("the server closed a socket");
      },
      error(_, error) {
        if (!closing) options.failed(error.message);
      },
    },
  });

  function receiveHead(bytes: Buffer): void {
    head = bytes;
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return;
    const text = bytes.toString("latin1", 0, end);
    if (text.slice(9, 12) !== "101") throw new Error(`the upgrade was answered ${text.slice(0, 300)}`);
    head = undefined;
    upgraded.resolve();
    follower.receive(bytes.subarray(end + HEAD_END.length));
  }

  socket.write(upgradeRequest(options));
  await upgraded.promise;
  return {
    offset: follower.offset,
    close() {
      closing = true;
      socket.terminate();
    },
  };
}

export function upgradeRequest({ port, path, token }: Pick<ReaderOptions, "port" | "path" | "token">): string {
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
    `Sec-WebSocket-Protocol: ${BEARER_PROTOCOL}${token}`,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}
