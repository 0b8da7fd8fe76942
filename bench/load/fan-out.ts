/**
 * The load of S2, a process of its own: authors with one POST outstanding each, and sockets of
 * distinct users that must all see every message. A message counts when the last socket has it.
 */
import { startCpuWindow, type CpuWindow } from "../measure/process.ts";
import { quantile } from "../measure/statistics.ts";
import { startAuthors } from "./authors.ts";
import { openSockets } from "./open-sockets.ts";
import { createReferenceStream } from "./reference-stream.ts";
import { requireWholeStream } from "./whole-stream.ts";

export interface FanOutLoad {
  port: number;
  server_pid: number;
  socket_path: string;
  socket_tokens: string[];
  author_tokens: string[];
  channel_ids: string[];
  warm_ms: number;
  measure_ms: number;
}

export interface FanOutWindow extends CpuWindow {
  /** Messages seen by every socket. */
  messages_per_s: number;
  frames_per_s: number;
  frame_bytes: number;
  post_p50_ms: number;
  post_p99_ms: number;
}

const DRAIN_TIMEOUT_MS = 30_000;

async function run(load: FanOutLoad): Promise<FanOutWindow> {
  const stream = createReferenceStream();
  const readers = await openSockets({
    port: load.port,
    path: load.socket_path,
    tokens: load.socket_tokens,
    stream,
    failed: fail,
  });
  const authors = await startAuthors({ ...load, failed: fail });
  const seenByAll = () => stream.framesBefore(Math.min(...readers.map((reader) => reader.offset())));

  await Bun.sleep(load.warm_ms);
  authors.resetLatencies();
  const started = performance.now();
  const seen_before = seenByAll();
  const endCpuWindow = startCpuWindow(load.server_pid);
  await Bun.sleep(load.measure_ms);
  const seen = seenByAll() - seen_before;
  const elapsed_ms = performance.now() - started;
  const cpu = endCpuWindow();
  const latencies = authors.latencies();

  const acknowledged = await authors.stop();
  const deadline = performance.now() + DRAIN_TIMEOUT_MS;
  while (seenByAll() < acknowledged.size) {
    if (performance.now() > deadline) fail(`all sockets saw ${seenByAll()} of ${acknowledged.size} messages`);
    await Bun.sleep(20);
  }
  requireWholeStream(stream, acknowledged);
  for (const reader of readers) reader.close();
  const messages_per_s = (1000 * seen) / elapsed_ms;
  return {
    messages_per_s,
    frames_per_s: messages_per_s * readers.length,
    frame_bytes: stream.length() / acknowledged.size,
    post_p50_ms: quantile(latencies, 0.5),
    post_p99_ms: quantile(latencies, 0.99),
    ...cpu,
  };
}

function fail(reason: string): never {
  console.error(`load: ${reason}`);
  process.exit(1);
}

process.stdout.write(`${JSON.stringify(await run(await Bun.stdin.json()))}\n`);
process.exit(0);
