/**
 * S1: durable sends. POST 200-byte bodies over 50 channels from 1, 16 and 64 connections, then
 * SIGKILL with sends in flight, and read the database: each acknowledged send is there once.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SendReport, SendWindow } from "./load/send.ts";
import { startLoad } from "./load/start-load.ts";
import { describeCpu, requireFairLoad } from "./measure/fairness.ts";
import { createReport, type Report } from "./measure/report.ts";
import { formatNumber } from "./measure/statistics.ts";
import type { Options } from "./options.ts";
import { auditStored } from "./target/audit.ts";
import { clickclackTarget } from "./target/clickclack.ts";
import { floorTarget } from "./target/floor.ts";
import { startServer } from "./target/server.ts";
import { sliceTarget } from "./target/slice.ts";
import { meanBatch, type Target } from "./target/target.ts";

const CHANNELS = 50;

/** What the specification asks of the ratio to the floor, by connections. */
const RATIO_TARGET: Readonly<Record<number, number>> = { 16: 0.6, 64: 0.6 };
const ONE_CONNECTION_MS = { p50: 0.7, p99: 4 };
const GROUP_COMMIT_GAIN = 3;
const MEAN_BATCH_AT_64 = 8;

interface Sample extends SendWindow {
  mean_batch: number;
}

export async function runSend(options: Options): Promise<boolean> {
  const targets = chooseTargets(options);
  const report = createReport(`S1 send, ${options.rounds} rounds of ${options.measure_ms / 1000} s`);
  for (const connections of options.connections) {
    const samples = new Map<Target, Sample[]>(targets.map((target) => [target, []]));
    for (let round = 0; round < options.rounds; round++) {
      // Alternating who goes first keeps a drifting machine from favouring one of them.
      const order = round % 2 === 0 ? targets : targets.toReversed();
      for (const target of order) {
        const sample = await measureSend(target, connections, options);
        samples.get(target)?.push(sample);
        console.log(
          `s1 ${target.name}, ${connections} connections: ${formatNumber(sample.sends_per_s)}/s, p50 ${formatNumber(sample.p50_ms)} ms, p99 ${formatNumber(sample.p99_ms)} ms, batch ${formatNumber(sample.mean_batch)}, ${describeCpu(sample)}`,
        );
      }
    }
    addToReport(report, connections, targets, samples);
  }
  return report.finish(options);
}

function chooseTargets(options: Options): Target[] {
  const targets = [floorTarget()];
  // Commits of one exist from source only, and like is compared with like.
  const from_source = options.from_source || options.commit_per_message;
  if (!options.floor_only) targets.push(clickclackTarget({ ...options, from_source }));
  if (options.slice) targets.push(sliceTarget(options.slice));
  if (options.commit_per_message) {
    targets.push(floorTarget("tx"));
    if (!options.floor_only) targets.push(clickclackTarget(options, { commit_per_message: true }));
  }
  return targets;
}

async function measureSend(target: Target, connections: number, options: Options): Promise<Sample> {
  const directory = mkdtempSync(join(tmpdir(), "clickclack-bench-"));
  try {
    const workspace = await target.prepare(directory, { users: 1, channels: CHANNELS });
    const server = await startServer(target, directory);
    const acknowledged_path = join(directory, "acknowledged");
    const load = startLoad<SendReport>("send.ts", {
      port: server.port,
      server_pid: server.pid,
      token: workspace.tokens[0],
      channel_ids: workspace.channel_ids,
      connections,
      warm_ms: options.warm_ms,
      measure_ms: options.measure_ms,
      with_nonce: options.with_nonce,
      acknowledged_path,
    });
    try {
      const first = await load.next();
      if (!("measured" in first)) throw new Error("s1: the load ended before it measured");
      const batches = await target.commits?.(server.origin);
      await server.kill();
      await load.next();
      const acknowledged = readFileSync(acknowledged_path, "utf8").split("\n").filter(Boolean);
      auditStored(target.stored(directory), { acknowledged, outstanding: connections });
      requireFairLoad(`s1 ${target.name}`, first.measured);
      return { ...first.measured, mean_batch: meanBatch(batches) };
    } finally {
      await load.end();
      await server.kill();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function addToReport(report: Report, connections: number, targets: Target[], samples: Map<Target, Sample[]>): void {
  const label = `${connections} connection${connections === 1 ? "" : "s"}`;
  const [floor] = targets;
  const rate = (target: Target | undefined) => (target && samples.get(target)?.map((one) => one.sends_per_s)) ?? [];
  const single = (name: string) => targets.find((target) => target.name === `${name}, one commit each`);
  for (const target of targets) {
    const taken = samples.get(target) ?? [];
    const ours = target.name === "ours";
    if (target !== floor && !target.name.includes("one commit")) {
      const wanted = ours ? RATIO_TARGET[connections] : undefined;
      report.ratio(
        `s1.${target.name}.${connections}`,
        `${target.name} / floor, ${label}`,
        rate(target),
        rate(floor),
        wanted,
      );
    }
    const alone = single(target.name);
    if (alone && connections > 1) {
      const key = `s1.${target.name}.group-commit.${connections}`;
      const gain = connections >= 64 ? GROUP_COMMIT_GAIN : undefined;
      report.ratio(key, `${target.name}: group commit / one commit each, ${label}`, rate(target), rate(alone), gain);
    }
    report.figure(`${target.name}, ${label}`, rate(target), "sends/s");
    const p50 = taken.map((one) => one.p50_ms);
    const p99 = taken.map((one) => one.p99_ms);
    if (ours && connections === 1) {
      report.limit(`${target.name}, ${label}, p50`, p50, "ms", ONE_CONNECTION_MS.p50);
      report.limit(`${target.name}, ${label}, p99`, p99, "ms", ONE_CONNECTION_MS.p99);
    } else {
      report.figure(`${target.name}, ${label}, p50`, p50, "ms");
      report.figure(`${target.name}, ${label}, p99`, p99, "ms");
    }
    const batch = taken.map((one) => one.mean_batch);
    report.figure(
      `${target.name}, ${label}, mean batch`,
      batch,
      ours && connections === 64 ? `(target ≥ ${MEAN_BATCH_AT_64})` : "",
    );
  }
}
