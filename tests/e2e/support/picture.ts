import { deflateSync } from "node:zlib";

const WIDTH = 640;
const HEIGHT = 400;

/** A picture as a camera would hand it over: sky above, water below. */
export const PICTURE: Buffer = png((x, y) =>
  y < HEIGHT / 2
    ? [120 + Math.floor(y / 4), 170 + Math.floor(y / 4), 210]
    : [20, 90 + ((x + y * 3) % 40), 110 + Math.floor((y * 60) / HEIGHT)],
);

function png(colour: (x: number, y: number) => [number, number, number]): Buffer {
  const rows = Buffer.alloc((WIDTH * 3 + 1) * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) rows.set(colour(x, y), y * (WIDTH * 3 + 1) + 1 + x * 3);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(WIDTH, 0);
  head.writeUInt32BE(HEIGHT, 4);
  // Eight bits each of red, green and blue.
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(Bun.hash.crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
