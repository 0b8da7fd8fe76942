/**
 * The load of S4: messages that nobody hears, then all clients at once from the cursor before them,
 * while somebody goes on sending. A client is back when it has everything it missed and is told so.
 */
import { residentMb, startCpuWindow, type CpuWindow } from "../measure/process.ts";
import { quantile } from "../measure/statistics.ts";
import { startPacedSender } from "./paced-sender.ts";
import { createReferenceStream } from "./reference-stream.ts";
import { openSocketReader, type SocketReader } from "./socket-reader.ts";
import { requireWholeStream } from "./whole-stream.ts";

export interface ReconnectLoad {
  port: number;
  server_pid: number;
  socket_path: string;
  socket_tokens: string[];
  author_token: string;
  channel_ids: string[];
  missed: number;
}

export interface ReconnectWindow extends CpuWindow {
  /** From the first connection attempt until the last client is back. */
  all_back_ms: number;
  back_p50_ms: number;
  send_p50_ms: number;
  send_p99_ms: number;
  sends: number;
  memory_mb: number;
}

/** More at once overflow the kernel's queue of connections, and wait a second to try again. */
const AT_ONCE = 512;
/** Each of them goes to everybody who is back: ten thousand writes. */
const SEND_EVERY_MS = 250;
const DRAIN_TIMEOUT_MS = 30_000;
const READY = Buffer.from('"realtime.ready"');

async function run(load: ReconnectLoad): Promise<ReconnectWindow> {
  const acknowledged = new Set<string>();
  const sender = {
    port: load.port,
    token: load.author_token,
    channel_ids: load.channel_ids,
    acknowledged,
    failed: fail,
  };
  const unheard = await startPacedSender({ ...sender, every_ms: 0, most: load.missed });
  while (acknowledged.size < load.missed) await Bun.sleep(5);
  await unheard.stop();

  const stream = createReferenceStream();
  const before_mb = residentMb(load.server_pid);
  const meanwhile = await startPacedSender({ ...sender, every_ms: SEND_EVERY_MS });
  const endCpuWindow = startCpuWindow(load.server_pid);
  const started = performance.now();
  const { readers, back_ms } = await bringBack(load, stream, started);
  const all_back_ms = performance.now() - started;
  const cpu = endCpuWindow();
  const memory_mb = residentMb(load.server_pid) - before_mb;

  await meanwhile.stop();
  const latencies = Float64Array.from(meanwhile.latencies()).sort();
  const deadline = performance.now() + DRAIN_TIMEOUT_MS;
  const seenByAll = () => stream.framesBefore(Math.min(...readers.map((reader) => reader.offset())));
  while (seenByAll() < acknowledged.size) {
    if (performance.now() > deadline) fail(`all clients saw ${seenByAll()} of ${acknowledged.size} messages`);
    await Bun.sleep(20);
  }
  requireWholeStream(stream, acknowledged);
  return {
    all_back_ms,
    back_p50_ms: quantile(back_ms.sort(), 0.5),
    send_p50_ms: quantile(latencies, 0.5),
    send_p99_ms: quantile(latencies, 0.99),
    sends: latencies.length,
    memory_mb,
    ...cpu,
  };
}

async function bringBack(load: ReconnectLoad, stream: ReturnType<typeof createReferenceStream>, started: number) {
  const readers: SocketReader[] = [];
  const back_ms = new Float64Array(load.socket_tokens.length);
  const everybody = Promise.withResolvers<void>();
  let back = 0;
  const tokens = load.socket_tokens.values();
  const openNext = async () => {
    for (const token of tokens) {
      const reader = await openSocketReader({
        port: load.port,
        path: load.socket_path,
        token,
        stream,
        otherFrame(frame) {
          if (!frame.includes(READY)) return;
          back_ms[back++] = performance.now() - started;
          if (back === back_ms.length) everybody.resolve();
        },
        failed: fail,
      });
      readers.push(reader);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, openNext));
  await everybody.promise;
  for (const reader of readers) {
    if (stream.framesBefore(reader.offset()) < load.missed) fail("a client was told it is ready before it had all");
  }
  return { readers, back_ms };
}

function fail(reason: string): never {
  console.error(`load: ${reason}`);
  process.exit(1);
}

process.stdout.write(`${JSON.stringify(await run(await Bun.stdin.json()))}\n`);
process.exit(0);
