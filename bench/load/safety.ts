/**
 * The load of S12: a fan-out in which, in its second half, some members are removed and one reader
 * takes nothing more. What the removed received last is held against the commits that removed them.
 */
import { residentMb, startCpuWindow, type CpuWindow } from "../measure/process.ts";
import { quantile } from "../measure/statistics.ts";
import { startAuthors } from "./authors.ts";
import { openDeafReader } from "./deaf-reader.ts";
import { openSockets } from "./open-sockets.ts";
import { createReferenceStream, type ReferenceStream } from "./reference-stream.ts";
import { openSocketReader } from "./socket-reader.ts";
import { requireWholeStream } from "./whole-stream.ts";

export interface SafetyLoad {
  port: number;
  server_pid: number;
  socket_path: string;
  socket_tokens: string[];
  doomed_tokens: string[];
  deaf_token: string;
  author_tokens: string[];
  channel_ids: string[];
  warm_ms: number;
  measure_ms: number;
}

/** Printed twice: for the calm half, and for the one with the removals. */
export interface SafetyWindow extends CpuWindow {
  post_p50_ms: number;
  post_p99_ms: number;
}

/** Printed at the end: for each removed member what they had when their socket closed, by token. */
export interface SafetyReport {
  last_cursors: Record<string, string>;
  /** When the last of them was cut, from the end of the second window. */
  cut_after_ms: number;
  /** The most the server grew by from the end of the calm window on, for whatever reason. */
  growth_mb: number;
}

const CUT_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

async function run(load: SafetyLoad): Promise<void> {
  const stream = createReferenceStream();
  const shared = { port: load.port, path: load.socket_path, stream };
  const readers = await openSockets({ ...shared, tokens: load.socket_tokens, failed: fail });
  const ended = new Map<string, number>();
  for (const token of load.doomed_tokens) {
    const reader = await openSocketReader({
      ...shared,
      token,
      otherFrame: () => undefined,
      failed(reason) {
        if (!ended.has(token) && !reason.includes("1008")) fail(`a removed member's socket ended: ${reason}`);
        if (!ended.has(token)) ended.set(token, reader.offset());
      },
    });
  }
  const authors = await startAuthors({ ...load, failed: fail });
  await Bun.sleep(load.warm_ms);

  async function measure(): Promise<SafetyWindow> {
    authors.resetLatencies();
    const endCpuWindow = startCpuWindow(load.server_pid);
    await Bun.sleep(load.measure_ms);
    const cpu = endCpuWindow();
    const latencies = authors.latencies();
    return { post_p50_ms: quantile(latencies, 0.5), post_p99_ms: quantile(latencies, 0.99), ...cpu };
  }

  print(await measure());
  const before_mb = residentMb(load.server_pid);
  let most_mb = before_mb;
  const sampling = setInterval(() => {
    most_mb = Math.max(most_mb, residentMb(load.server_pid));
  }, POLL_MS);
  await openDeafReader(load.port, load.socket_path, load.deaf_token);
  print(await measure());
  const deadline = performance.now() + CUT_TIMEOUT_MS;
  // The removed and the deaf reader are gone when the server counts only those who listen.
  while ((await openSocketsOf(load.port)) > readers.length) {
    if (performance.now() > deadline) fail("a removed member or the deaf reader is still there");
    await Bun.sleep(POLL_MS);
  }
  clearInterval(sampling);
  const cut_after_ms = performance.now() - (deadline - CUT_TIMEOUT_MS);
  const acknowledged = await authors.stop();
  while (stream.framesBefore(Math.min(...readers.map((reader) => reader.offset()))) < acknowledged.size) {
    if (performance.now() > deadline) fail("not everybody saw every message");
    await Bun.sleep(POLL_MS);
  }
  requireWholeStream(stream, acknowledged);
  for (const reader of readers) reader.close();
  print({ last_cursors: lastCursors(stream, ended), cut_after_ms, growth_mb: most_mb - before_mb });
}

async function openSocketsOf(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^clickclack_sockets (\d+)/m.exec(text)?.[1]);
}

function lastCursors(stream: ReferenceStream, ended: ReadonlyMap<string, number>): Record<string, string> {
  const texts = [...stream.texts()];
  const entries = [...ended].map(([token, offset]) => {
    const text = texts[stream.framesBefore(offset) - 1] ?? "{}";
    return [token, (JSON.parse(text) as { cursor?: string }).cursor ?? ""];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

function print(report: SafetyWindow | SafetyReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function fail(reason: string): never {
  console.error(`load: ${reason}`);
  process.exit(1);
}

await run(await Bun.stdin.json());
process.exit(0);
