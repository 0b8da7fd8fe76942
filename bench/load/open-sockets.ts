/** Opens many sockets, a bounded number at a time, and waits until the server has nothing to say. */
import type { ReferenceStream } from "./reference-stream.ts";
import { openSocketReader, type SocketReader } from "./socket-reader.ts";

const AT_ONCE = 64;
const QUIET_MS = 500;
const QUIET_TIMEOUT_MS = 60_000;

export interface SocketGroup {
  port: number;
  path: string;
  /** One socket for each: every one belongs to another user. */
  tokens: readonly string[];
  stream: ReferenceStream;
  failed: (reason: string) => void;
}

export async function openSockets(group: SocketGroup): Promise<SocketReader[]> {
  const readers: SocketReader[] = [];
  const tokens = group.tokens.values();
  let last_frame_at = performance.now();
  const otherFrame = () => {
    last_frame_at = performance.now();
  };
  const openNext = async () => {
    for (const token of tokens) readers.push(await openSocketReader({ ...group, token, otherFrame }));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, openNext));
  const deadline = performance.now() + QUIET_TIMEOUT_MS;
  last_frame_at = performance.now();
  while (performance.now() - last_frame_at < QUIET_MS) {
    if (performance.now() > deadline) throw new Error("the server does not become quiet after the sockets joined");
    await Bun.sleep(50);
  }
  return readers;
}
