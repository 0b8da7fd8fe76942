/**
 * The load of S5 and S14, a process of its own: each connection has one GET outstanding and goes round
 * the same paths. Every reply has to be a 200, and of some the entries are counted.
 */
import { startCpuWindow, type CpuWindow } from "../measure/process.ts";
import { quantile } from "../measure/statistics.ts";
import { openGetConnection } from "./get-connection.ts";

export interface GetLoad {
  port: number;
  server_pid: number;
  token: string;
  paths: string[];
  connections: number;
  warm_ms: number;
  measure_ms: number;
  /** The list in each reply, and how many entries it has to have. */
  list: { field: string; entries: number };
}

export interface GetWindow extends CpuWindow {
  gets_per_s: number;
  /** What a whole core of the server's would do; steps of 10 ms make short windows rough. */
  gets_per_core_s: number;
  p50_ms: number;
  p99_ms: number;
  reply_bytes: number;
}

const LOOKED_INTO = 256;

async function run(load: GetLoad): Promise<void> {
  const { paths, list } = load;
  let latencies: number[] = [];
  let sent = 0;
  let reply_bytes = 0;

  async function connect() {
    let sent_at = 0;
    let looks = false;
    const getNext = () => {
      const number = sent++;
      looks = number % LOOKED_INTO === 0;
      sent_at = performance.now();
      connection.get(paths[number % paths.length] ?? "", { keep_body: looks });
    };
    const connection = await openGetConnection(load.port, load.token, {
      reply(status, body) {
        latencies.push(performance.now() - sent_at);
        if (status !== 200) fail(`a request was answered ${status}`);
        if (looks) reply_bytes = requireEntries(body, list);
        getNext();
      },
      closed: fail,
    });
    getNext();
    return connection;
  }

  const connections = await Promise.all(Array.from({ length: load.connections }, connect));
  await Bun.sleep(load.warm_ms);
  latencies = [];
  const started = performance.now();
  const endCpuWindow = startCpuWindow(load.server_pid);
  await Bun.sleep(load.measure_ms);
  const elapsed_ms = performance.now() - started;
  const cpu = endCpuWindow();
  const sorted = Float64Array.from(latencies).sort();
  for (const connection of connections) connection.close();
  const gets_per_s = (1000 * sorted.length) / elapsed_ms;
  const window: GetWindow = {
    gets_per_s,
    gets_per_core_s: (100 * gets_per_s) / cpu.server_cpu,
    p50_ms: quantile(sorted, 0.5),
    p99_ms: quantile(sorted, 0.99),
    reply_bytes,
    ...cpu,
  };
  process.stdout.write(`${JSON.stringify(window)}\n`);
  process.exit(0);
}

function requireEntries(body: string, { field, entries }: GetLoad["list"]): number {
  const found = (JSON.parse(body) as Record<string, unknown>)[field];
  const count = Array.isArray(found) ? found.length : -1;
  if (count !== entries) fail(`a reply has ${count} ${field}, not ${entries}`);
  return Buffer.byteLength(body);
}

function fail(reason: string): never {
  console.error(`load: ${reason}`);
  process.exit(1);
}

await run(await Bun.stdin.json());
