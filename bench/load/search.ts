/**
 * The load of S6: sends at a steady pace, first alone and then beside searches of every sort, one of them
 * outstanding at a time. Searches are measured from the scheduled time, as sends are.
 */
import { startCpuWindow, type CpuWindow } from "../measure/process.ts";
import { quantile } from "../measure/statistics.ts";
import { startPacedSender } from "./paced-sender.ts";

export interface Question {
  /** What sort of search it is, for the report. */
  sort: string;
  /** The path and query to ask, and by whom. */
  path: string;
  token: string;
  /** The answer it must have. */
  status: number;
  /** How many results there must be at least. */
  results: number;
}

export interface SearchLoad {
  port: number;
  server_pid: number;
  send_token: string;
  channel_ids: string[];
  sends_per_s: number;
  searches_per_s: number;
  warm_ms: number;
  measure_ms: number;
  questions: Question[];
}

export interface SearchReport extends CpuWindow {
  calm_send_p99_ms: number;
  busy_send_p99_ms: number;
  /** Milliseconds of each search, by its sort. */
  latencies: Record<string, number[]>;
}

const SENDERS = 4;
/** A server that has just started compiles what it runs; one that people use has. */
const WARM_ROUNDS = 4;

async function run(load: SearchLoad): Promise<SearchReport> {
  for (let round = 0; round < WARM_ROUNDS; round++) await ask(load, load.questions.length);
  const calm = await send(load, load.warm_ms + load.measure_ms, () => Bun.sleep(load.warm_ms + load.measure_ms));
  const endCpuWindow = startCpuWindow(load.server_pid);
  const latencies: Record<string, number[]> = {};
  const count = Math.round((load.searches_per_s * load.measure_ms) / 1000);
  const busy = await send(load, load.measure_ms, async () => {
    for (const { sort, ms } of await ask(load, count, 1000 / load.searches_per_s)) (latencies[sort] ??= []).push(ms);
  });
  return { calm_send_p99_ms: calm, busy_send_p99_ms: busy, latencies, ...endCpuWindow() };
}

/** The 99th percentile of sends while something else goes on. */
async function send(load: SearchLoad, planned_ms: number, meanwhile: () => Promise<unknown>): Promise<number> {
  const every_ms = (1000 * SENDERS) / load.sends_per_s;
  const acknowledged = new Set<string>();
  const shared = { port: load.port, token: load.send_token, channel_ids: load.channel_ids, every_ms, acknowledged };
  const senders = await Promise.all(
    Array.from({ length: SENDERS }, () => startPacedSender({ ...shared, failed: fail })),
  );
  await meanwhile();
  await Promise.all(senders.map((sender) => sender.stop()));
  const wanted = (load.sends_per_s * planned_ms) / 1000;
  if (acknowledged.size < wanted * 0.9) fail(`only ${acknowledged.size} of ${wanted} messages were sent`);
  return quantile(Float64Array.from(senders.flatMap((sender) => sender.latencies())).sort(), 0.99);
}

async function ask(load: SearchLoad, count: number, every_ms = 0): Promise<{ sort: string; ms: number }[]> {
  const answers: { sort: string; ms: number }[] = [];
  let due = performance.now();
  for (let number = 0; number < count; number++) {
    const question = load.questions[number % load.questions.length];
    if (!question) break;
    const wait_ms = due - performance.now();
    if (wait_ms > 1) await Bun.sleep(wait_ms);
    // A search that had to wait for the one before it is not counted for that: only one is outstanding.
    const started = Math.max(due, performance.now());
    await answer(load.port, question);
    answers.push({ sort: question.sort, ms: performance.now() - started });
    due = Math.max(due + every_ms, performance.now());
  }
  return answers;
}

async function answer(port: number, question: Question): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${question.path}`, {
    headers: { authorization: `Bearer ${question.token}` },
  });
  const text = await response.text();
  if (response.status !== question.status) fail(`${question.path} answered ${response.status}: ${text.slice(0, 300)}`);
  if (question.status !== 200) return;
  const { results } = JSON.parse(text) as { results: unknown[] };
  if (results.length < question.results) fail(`${question.path} found ${results.length}`);
}

function fail(reason: string): never {
  console.error(`load: ${reason}`);
  process.exit(1);
}

process.stdout.write(`${JSON.stringify(await run(await Bun.stdin.json()))}\n`);
process.exit(0);
