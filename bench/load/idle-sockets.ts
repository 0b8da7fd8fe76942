/** The load of S9: opens sockets of distinct users, says how many, and holds them until it is killed. */
import { openSockets } from "./open-sockets.ts";
import { createReferenceStream } from "./reference-stream.ts";

export interface IdleSockets {
  port: number;
  socket_path: string;
  socket_tokens: string[];
}

export interface IdleReport {
  open: number;
}

const load = (await Bun.stdin.json()) as IdleSockets;
const readers = await openSockets({
  port: load.port,
  path: load.socket_path,
  tokens: load.socket_tokens,
  stream: createReferenceStream(),
  failed(reason) {
    console.error(`load: ${reason}`);
    process.exit(1);
  },
});
process.stdout.write(`${JSON.stringify({ open: readers.length } satisfies IdleReport)}\n`);
