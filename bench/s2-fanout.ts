/**
 * S2: fan-out, saturated. Authors with one POST outstanding each; sockets of distinct users;
 * counted are messages that every socket has seen. The load checks each socket for gaps, repeats
 * and disorder, and the database is audited afterwards.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FanOutWindow } from "./load/fan-out.ts";
import { startLoad } from "./load/start-load.ts";
import { describeCpu, requireFairLoad } from "./measure/fairness.ts";
import { createReport } from "./measure/report.ts";
import { formatNumber } from "./measure/statistics.ts";
import type { Options } from "./options.ts";
import { clickclackTarget } from "./target/clickclack.ts";
import { floorTarget } from "./target/floor.ts";
import { startServer, type RunningServer } from "./target/server.ts";
import { sliceTarget } from "./target/slice.ts";
import { meanBatch, type Target, type Workspace } from "./target/target.ts";

const CHANNELS = 50;
const RATIO_TARGET = 0.7;

export interface FanOutSize {
  authors: number;
  sockets: number;
}

interface Sample extends FanOutWindow {
  mean_batch: number;
}

export async function runFanOut(options: Options): Promise<boolean> {
  const targets = [floorTarget()];
  if (!options.floor_only) targets.push(clickclackTarget(options));
  if (options.slice) targets.push(sliceTarget(options.slice));
  const report = createReport(`S2 fan-out, ${options.rounds} rounds of ${options.measure_ms / 1000} s`);
  for (const sockets of options.sockets) {
    for (const authors of options.authors) {
      const samples = new Map<Target, Sample[]>(targets.map((target) => [target, []]));
      for (let round = 0; round < options.rounds; round++) {
        for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
          const sample = await measureFanOut(target, { authors, sockets }, options);
          samples.get(target)?.push(sample);
          console.log(describe(target, { authors, sockets }, sample));
        }
      }
      const frames = (target: Target | undefined) =>
        (target && samples.get(target)?.map((one) => one.frames_per_s)) ?? [];
      const label = `${authors} author${authors === 1 ? "" : "s"}, ${sockets} sockets`;
      for (const target of targets) {
        if (target !== targets[0]) {
          const wanted = target.name === "ours" ? RATIO_TARGET : undefined;
          const key = `s2.${target.name}.${authors}x${sockets}`;
          report.ratio(key, `${target.name} / floor, ${label}`, frames(target), frames(targets[0]), wanted);
        }
        report.figure(`${target.name}, ${label}`, frames(target), "frames/s");
      }
    }
  }
  return report.finish(options);
}

async function measureFanOut(target: Target, size: FanOutSize, options: Options): Promise<Sample> {
  const directory = mkdtempSync(join(tmpdir(), "clickclack-bench-"));
  try {
    const workspace = await target.prepare(directory, { users: size.sockets + size.authors, channels: CHANNELS });
    const server = await startServer(target, directory);
    try {
      const window = await fanOut(target, server, workspace, size, options);
      return { ...window, mean_batch: meanBatch(await target.commits?.(server.origin)) };
    } finally {
      await server.kill();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** One run against a server that already serves; S9 uses it to see what memory stays behind. */
export async function fanOut(
  target: Target,
  server: RunningServer,
  workspace: Workspace,
  { authors, sockets }: FanOutSize,
  options: Pick<Options, "warm_ms" | "measure_ms">,
): Promise<FanOutWindow> {
  const load = startLoad<FanOutWindow>("fan-out.ts", {
    port: server.port,
    server_pid: server.pid,
    socket_path: await target.socketPath(workspace, server.origin),
    socket_tokens: workspace.tokens.slice(0, sockets),
    author_tokens: workspace.tokens.slice(sockets, sockets + authors),
    channel_ids: workspace.channel_ids,
    warm_ms: options.warm_ms,
    measure_ms: options.measure_ms,
  });
  try {
    const measured = await load.next();
    requireFairLoad(`s2 ${target.name}`, measured);
    return measured;
  } finally {
    await load.end();
  }
}

function describe(target: Target, { authors, sockets }: FanOutSize, one: Sample): string {
  return (
    `s2 ${target.name}, ${authors} × ${sockets}: ${formatNumber(one.messages_per_s)} messages/s, ${formatNumber(one.frames_per_s)} frames/s of ${formatNumber(one.frame_bytes)} bytes, ` +
    `post p50 ${formatNumber(one.post_p50_ms)} ms, p99 ${formatNumber(one.post_p99_ms)} ms, batch ${formatNumber(one.mean_batch)}, ${describeCpu(one)}`
  );
}
