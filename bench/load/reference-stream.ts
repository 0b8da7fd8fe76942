/**
 * The message frames of a run, byte for byte, in the order in which they were first seen.
 *
 * A broadcast sends every socket the same bytes, so a socket is checked by comparing what it
 * receives with this stream: one `memcmp` a chunk proves that nothing is missing, repeated or out
 * of order. That is what keeps a thousand sockets within one core of load.
 */
import { readFrame } from "./frames.ts";

export interface ReferenceStream {
  /** Bytes of whole frames so far. */
  length(): number;
  /** Adds one whole frame at the end. */
  append(bytes: Buffer, start: number, end: number): void;
  /** Whether `chunk[from, to)` is what the stream holds at `offset`. */
  matches(offset: number, chunk: Buffer, from: number, to: number): boolean;
  /** How many frames end at or before `offset`. */
  framesBefore(offset: number): number;
  /** The end of the last whole frame at or before `offset`. */
  wholeBefore(offset: number): number;
  /** The texts of all frames, for the check of order and completeness at the end. */
  texts(): Generator<string>;
}

export function createReferenceStream(): ReferenceStream {
  let bytes = Buffer.allocUnsafe(16 * 1024 * 1024);
  let length = 0;
  const ends: number[] = [];

  /** The number of frames whose end is at most `offset`, by bisection. */
  function framesBefore(offset: number): number {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] ?? Infinity) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    length: () => length,
    append(source, start, end) {
      if (length + end - start > bytes.length) {
        const larger = Buffer.allocUnsafe(bytes.length * 2);
        bytes.copy(larger, 0, 0, length);
        bytes = larger;
      }
      length += source.copy(bytes, length, start, end);
      ends.push(length);
    },
    matches: (offset, chunk, from, to) => chunk.compare(bytes, offset, offset + to - from, from, to) === 0,
    framesBefore,
    wholeBefore: (offset) => (offset === length ? length : (ends[framesBefore(offset) - 1] ?? 0)),
    *texts() {
      let start = 0;
      for (const end of ends) {
        const frame = readFrame(bytes, start);
        if (!frame) throw new Error("the reference stream is broken");
        yield bytes.toString("utf8", frame.start, end);
        start = end;
      }
    },
  };
}
