/**
 * One signed-in WebSocket on a bare TCP socket that follows the reference stream. A WebSocket
 * client would build a string for every frame; this one looks into a frame only when it is the
 * first to see it, or when the server sent something of another kind.
 */
import { OPCODE, PONG, readFrame, type Frame } from "./frames.ts";
import type { ReferenceStream } from "./reference-stream.ts";

const BEARER_PROTOCOL = "clickclack.bearer.";
const MESSAGE_FRAME = Buffer.from('"type":"message.created"');
const HEAD_END = "\r\n\r\n";
const NOTHING = Buffer.alloc(0);

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
  otherFrame: () => void;
  /** The socket ended or received something that it must not. */
  failed: (reason: string) => void;
}

/** Resolves once the server has accepted the upgrade. */
export async function openSocketReader(options: ReaderOptions): Promise<SocketReader> {
  const { stream } = options;
  const upgraded = Promise.withResolvers<void>();
  let carry: Buffer = NOTHING;
  let head_seen = false;
  let closing = false;
  let offset = 0;

  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: options.port,
    socket: {
      data(_, chunk) {
        try {
          if (head_seen) receive(chunk);
          else receiveHead(chunk);
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
  socket.write(upgradeRequest(options));

  function receiveHead(chunk: Buffer): void {
    carry = Buffer.concat([carry, chunk]);
    const end = carry.indexOf(HEAD_END);
    if (end < 0) return;
    const status = carry.toString("latin1", 9, 12);
    if (status !== "101") throw new Error(`the upgrade was answered ${carry.toString("latin1").slice(0, 300)}`);
    head_seen = true;
    upgraded.resolve();
    const rest = carry.subarray(end + HEAD_END.length);
    carry = NOTHING;
    if (rest.length > 0) receive(rest);
  }

  function receive(chunk: Buffer): void {
    const bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    carry = NOTHING;
    let at = 0;
    while (at < bytes.length) {
      const known = Math.min(bytes.length - at, stream.length() - offset);
      if (known > 0 && stream.matches(offset, bytes, at, at + known)) {
        offset += known;
        at += known;
        continue;
      }
      const rest = Math.min(stream.frameEnd(offset) - offset, bytes.length - at);
      if (rest > 0) {
        if (!stream.matches(offset, bytes, at, at + rest)) throw outOfOrder();
        offset += rest;
        at += rest;
        continue;
      }
      const frame = readFrame(bytes, at);
      if (!frame) {
        carry = bytes.subarray(at);
        return;
      }
      receiveFrame(bytes, at, frame);
      at = frame.end;
    }
  }

  function receiveFrame(bytes: Buffer, at: number, frame: Frame): void {
    if (frame.opcode === OPCODE.ping) socket.write(PONG);
    if (frame.opcode === OPCODE.close) throw new Error(`the server sent close ${bytes.readUInt16BE(frame.start)}`);
    if (!bytes.subarray(frame.start, frame.end).includes(MESSAGE_FRAME)) {
      options.otherFrame();
      return;
    }
    if (offset === stream.length()) stream.append(bytes, at, frame.end);
    else if (!stream.matches(offset, bytes, at, frame.end)) throw outOfOrder();
    offset += frame.end - at;
  }

  await upgraded.promise;
  return {
    offset: () => offset,
    close() {
      closing = true;
      socket.terminate();
    },
  };
}

function outOfOrder(): Error {
  return new Error("a socket received another message than the others did at this place: gap, repeat or disorder");
}

function upgradeRequest({ port, path, token }: ReaderOptions): string {
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
