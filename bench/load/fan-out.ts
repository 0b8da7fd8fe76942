/**
 * The load of S2, a process of its own: authors with one POST outstanding each, and sockets of
 * distinct users that must all see every message. A message counts when the last socket has it.
 */
import { startCpuWindow, type CpuWindow } from "../measure/process.ts";
import { quantile } from "../measure/statistics.ts";
import { makeBodies } from "./bodies.ts";
import { openSockets } from "./open-sockets.ts";
import { openPostConnection } from "./post-connection.ts";
import { createReferenceStream, type ReferenceStream } from "./reference-stream.ts";

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
const MESSAGE_ID = /"id":"(msg_[0-9a-z]{26})"/i;

async function run(load: FanOutLoad): Promise<FanOutWindow> {
  const stream = createReferenceStream();
  const readers = await openSockets({
    port: load.port,
    path: load.socket_path,
    tokens: load.socket_tokens,
    stream,
    failed: fail,
  });
  const authors = await startAuthors(load);
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

async function startAuthors(load: FanOutLoad) {
  const bodies = makeBodies(4096);
  const acknowledged = new Set<string>();
  let latencies: number[] = [];
  let stopping = false;
  let sent = 0;

  async function startAuthor(token: string): Promise<{ idle: Promise<void>; close: () => void }> {
    const idle = Promise.withResolvers<void>();
    let sent_at = 0;
    const sendNext = () => {
      const number = sent++;
      sent_at = performance.now();
      connection.post(
        `/api/channels/${load.channel_ids[number % load.channel_ids.length]}/messages`,
        `{"body":"${bodies[number % bodies.length]}"}`,
      );
    };
    const connection = await openPostConnection(load.port, token, {
      reply(status, body) {
        latencies.push(performance.now() - sent_at);
        const id = MESSAGE_ID.exec(body)?.[1];
        if (status !== 201 || !id) fail(`a send was answered ${status}: ${body.slice(0, 300)}`);
        acknowledged.add(id);
        if (stopping) idle.resolve();
        else sendNext();
      },
      closed: fail,
    });
    sendNext();
    return { idle: idle.promise, close: connection.close };
  }

  const authors = await Promise.all(load.author_tokens.map(startAuthor));
  return {
    resetLatencies() {
      latencies = [];
    },
    latencies: () => Float64Array.from(latencies).sort(),
    async stop(): Promise<ReadonlySet<string>> {
      stopping = true;
      await Promise.all(authors.map((author) => author.idle));
      for (const author of authors) author.close();
      return acknowledged;
    },
  };
}

interface MessageFrame {
  id: string;
  cursor: string | number;
  channel_id: string;
  seq: number;
  payload: { message?: { id: string }; message_id?: string };
}

/** All sockets received the same stream; here it is shown that the stream itself is right. */
function requireWholeStream(stream: ReferenceStream, acknowledged: ReadonlySet<string>): void {
  const missing = new Set(acknowledged);
  const last_seq = new Map<string, number>();
  let last_cursor: string | number = "";
  for (const text of stream.texts()) {
    const frame = JSON.parse(text) as MessageFrame;
    const message_id = frame.payload.message?.id ?? frame.payload.message_id ?? "";
    if (!missing.delete(message_id)) fail(`${message_id} came twice or was never acknowledged`);
    if (last_cursor !== "" && frame.cursor <= last_cursor) fail(`cursor ${frame.cursor} follows ${last_cursor}`);
    last_cursor = frame.cursor;
    // The first message of a channel may follow those of an earlier run.
    const before = last_seq.get(frame.channel_id) ?? frame.seq - 1;
    if (frame.seq !== before + 1) fail(`sequence ${frame.seq} follows ${before} in ${frame.channel_id}`);
    last_seq.set(frame.channel_id, frame.seq);
  }
  if (missing.size > 0) fail(`${missing.size} acknowledged messages reached no socket`);
}

function fail(reason: string): never {
  console.error(`load: ${reason}`);
  process.exit(1);
}

process.stdout.write(`${JSON.stringify(await run(await Bun.stdin.json()))}\n`);
process.exit(0);
