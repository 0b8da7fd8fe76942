/**
 * Follows the reference stream on behalf of one socket: whatever bytes arrive are compared with
 * it, and a frame is looked into only by the first to see it or when it is of another kind.
 */
import { OPCODE, readFrame, type Frame } from "./frames.ts";
import type { ReferenceStream } from "./reference-stream.ts";

const MESSAGE_FRAME = Buffer.from('"type":"message.created"');
const NOTHING = Buffer.alloc(0);
/** A piece with another frame in it is compared again for each of its frames, so pieces are short. */
const COMPARED_BYTES = 16 * 1024;

export interface StreamFollower {
  /** How much of the reference stream has been received. */
  offset(): number;
  /** Takes the next bytes; throws when they are not what every other socket got. */
  receive(chunk: Buffer): void;
}

export interface FollowerOptions {
  stream: ReferenceStream;
  /** Called for each frame that is no message: readiness, presence, heartbeats. */
  otherFrame: (frame: Buffer) => void;
  pinged: () => void;
}

export function createFollower({ stream, otherFrame, pinged }: FollowerOptions): StreamFollower {
  let carry: Buffer = NOTHING;
  let offset = 0;

  function receive(chunk: Buffer): void {
    const bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    carry = NOTHING;
    let at = 0;
    while (at < bytes.length) {
      const expected = receiveExpected(bytes, at);
      if (expected > 0) {
        at += expected;
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

  /** How many bytes are whole frames that the stream holds next; the common case, and one comparison. */
  function receiveExpected(bytes: Buffer, at: number): number {
    const known = Math.min(bytes.length - at, stream.length() - offset, COMPARED_BYTES);
    if (known === 0 || !stream.matches(offset, bytes, at, at + known)) return 0;
    const whole = stream.wholeBefore(offset + known) - offset;
    offset += whole;
    return whole;
  }

  function receiveFrame(bytes: Buffer, at: number, frame: Frame): void {
    if (frame.opcode === OPCODE.ping) pinged();
    if (frame.opcode === OPCODE.close) throw new Error(`the server sent close ${bytes.readUInt16BE(frame.start)}`);
    const text = bytes.subarray(frame.start, frame.end);
    if (!text.includes(MESSAGE_FRAME)) {
      otherFrame(text);
      return;
    }
    if (offset === stream.length()) stream.append(bytes, at, frame.end);
    else if (!stream.matches(offset, bytes, at, frame.end)) throw outOfOrder();
    offset += frame.end - at;
  }

  return { offset: () => offset, receive };
}

function outOfOrder(): Error {
  return new Error("a socket received another message than the others did at this place: gap, repeat or disorder");
}
