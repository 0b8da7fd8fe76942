/**
 * The load of S1, a process of its own: each connection has one POST outstanding. It measures a
 * window after a warm-up, says so on standard output, and goes on sending until the server dies,
 * so the audit afterwards covers a crash with sends in flight.
 */
import { writeFileSync } from "node:fs";
import { startCpuWindow, type CpuWindow } from "../measure/process.ts";
import { quantile } from "../measure/statistics.ts";
import { makeBodies } from "./bodies.ts";
import { openPostConnection } from "./post-connection.ts";

export interface SendLoad {
  port: number;
  server_pid: number;
  token: string;
  channel_ids: string[];
  connections: number;
  warm_ms: number;
  measure_ms: number;
  /** Give every message a nonce, as the product's own clients do. */
  with_nonce: boolean;
  /** Where the ids of all acknowledged messages go, one a line, once the server is gone. */
  acknowledged_path: string;
}

export interface SendWindow extends CpuWindow {
  sends_per_s: number;
  p50_ms: number;
  p99_ms: number;
}

/** The two lines a load process prints: after its window, and after the server's end. */
export type SendReport = { measured: SendWindow } | { acknowledged: number };

const MESSAGE_ID = /"id":"(msg_[0-9a-z]{26})"/i;

async function run(load: SendLoad): Promise<void> {
  const bodies = makeBodies(4096);
  const acknowledged: string[] = [];
  let latencies: number[] = [];
  let measured = false;
  let open = load.connections;
  let sent = 0;

  async function connect(): Promise<void> {
    let sent_at = 0;
    const sendNext = () => {
      const number = sent++;
      const nonce = load.with_nonce ? `,"nonce":"n${number}"` : "";
      sent_at = performance.now();
      connection.post(
        `/api/channels/${load.channel_ids[number % load.channel_ids.length]}/messages`,
        `{"body":"${bodies[number % bodies.length]}"${nonce}}`,
      );
    };
    const connection = await openPostConnection(load.port, load.token, {
      reply(status, body) {
        latencies.push(performance.now() - sent_at);
        const id = MESSAGE_ID.exec(body)?.[1];
        if (status !== 201 || !id) fail(`a send was answered ${status}: ${body.slice(0, 300)}`);
        acknowledged.push(id);
        sendNext();
      },
      closed(reason) {
        if (!measured) fail(reason);
        if (--open === 0) finish();
      },
    });
    sendNext();
  }

  function finish(): never {
    writeFileSync(load.acknowledged_path, acknowledged.join("\n"));
    print({ acknowledged: acknowledged.length });
    process.exit(0);
  }

  await Promise.all(Array.from({ length: load.connections }, connect));
  await Bun.sleep(load.warm_ms);
  latencies = [];
  const started = performance.now();
  const endCpuWindow = startCpuWindow(load.server_pid);
  await Bun.sleep(load.measure_ms);
  const elapsed_ms = performance.now() - started;
  const cpu = endCpuWindow();
  const sorted = Float64Array.from(latencies).sort();
  measured = true;
  print({
    measured: {
      sends_per_s: (1000 * sorted.length) / elapsed_ms,
      p50_ms: quantile(sorted, 0.5),
      p99_ms: quantile(sorted, 0.99),
      ...cpu,
    },
  });
}

function print(report: SendReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function fail(reason: string): never {
  console.error(`load: ${reason}`);
  process.exit(1);
}

await run(await Bun.stdin.json());
