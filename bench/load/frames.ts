/** Reads WebSocket frames as a server sends them: unmasked, and here never fragmented. */
export interface Frame {
  opcode: number;
  start: number;
  end: number;
}

export const OPCODE = { text: 1, close: 8, ping: 9 } as const;

/** The frame that begins at `at`, or `undefined` while bytes of it are missing. */
export function readFrame(bytes: Buffer, at: number): Frame | undefined {
  const first = bytes[at];
  const second = bytes[at + 1];
  if (first === undefined || second === undefined) return undefined;
  if ((first & 0xf0) !== 0x80 || second > 127) throw new Error("a frame is fragmented, compressed or masked");
  let start = at + 2;
  let length = second;
  if (second === 126) {
    if (bytes.length < at + 4) return undefined;
    length = bytes.readUInt16BE(at + 2);
    start = at + 4;
  } else if (second === 127) {
    if (bytes.length < at + 10) return undefined;
    length = Number(bytes.readBigUInt64BE(at + 2));
    start = at + 10;
  }
  const end = start + length;
  return bytes.length < end ? undefined : { opcode: first & 15, start, end };
}

/** An empty masked pong; every ping of Bun's has no payload. */
export const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
