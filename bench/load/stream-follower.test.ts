import { expect, test } from "bun:test";
import { createReferenceStream } from "./reference-stream.ts";
import { createFollower } from "./stream-follower.ts";

const message = (seq: number) => frame(`{"type":"message.created","seq":${seq}}`);
const presence = (n: number) => frame(`{"type":"presence.changed","n":${n}}`);

function frame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
}

/** One stream and two sockets, of which the first has already received three messages. */
function twoSockets() {
  const stream = createReferenceStream();
  let others = 0;
  let pings = 0;
  const follow = () => createFollower({ stream, otherFrame: () => others++, pinged: () => pings++ });
  const first = follow();
  first.receive(Buffer.concat([message(1), message(2), message(3)]));
  return { stream, first, second: follow(), seen: () => ({ others, pings }) };
}

test("the same messages in any pieces, with other frames between them, are followed", () => {
  const { stream, first, second } = twoSockets();
  const bytes = Buffer.concat([presence(1), message(1), presence(2), message(2), message(3), message(4), presence(3)]);
  for (const byte of bytes) second.receive(Buffer.from([byte]));
  first.receive(message(4));
  expect(second.offset()).toBe(stream.length());
  expect(first.offset()).toBe(stream.length());
  expect(stream.framesBefore(second.offset())).toBe(4);
  expect([...stream.texts()].map((text) => JSON.parse(text).seq)).toEqual([1, 2, 3, 4]);
});

test("a ping between two messages asks for a pong", () => {
  const { second, seen } = twoSockets();
  second.receive(Buffer.concat([message(1), Buffer.from([0x89, 0]), message(2)]));
  expect(seen().pings).toBe(1);
});

test.each([
  ["a gap", [message(1), message(3)]],
  ["a repeat", [message(1), message(1)]],
  ["disorder", [message(2), message(1)]],
  ["a gap after another frame", [message(1), presence(1), message(3)]],
])("%s is found", (_, frames) => {
  const { second } = twoSockets();
  expect(() => second.receive(Buffer.concat(frames))).toThrow("gap, repeat or disorder");
});

test("a close frame fails with its code", () => {
  const { second } = twoSockets();
  expect(() => second.receive(Buffer.from([0x88, 2, 0x0f, 0xa1]))).toThrow("close 4001");
});
