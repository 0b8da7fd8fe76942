/**
 * S9: resident memory. Idle, for each idle signed-in socket of a distinct user, and what is left
 * after a fan-out once everybody is gone.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IdleReport } from "./load/idle-sockets.ts";
import { startLoad } from "./load/start-load.ts";
import { residentMb } from "./measure/process.ts";
import { createReport } from "./measure/report.ts";
import { formatNumber } from "./measure/statistics.ts";
import type { Options } from "./options.ts";
import { fanOut } from "./s2-fanout.ts";
import { clickclackTarget } from "./target/clickclack.ts";
import { floorTarget } from "./target/floor.ts";
import { startServer, type RunningServer } from "./target/server.ts";
import type { Target, Workspace } from "./target/target.ts";

const IDLE_TARGET_MB = 65;
const SOCKET_TARGET_KB = 6;
const LEFT_TARGET = 1.2;

/** How long the sockets stay before memory is read, and after the last of them has gone. */
const SETTLE_MS = 5_000;
const AFTERMATH_MS = 15_000;

interface Sample {
  idle_mb: number;
  /** Kilobytes (10^3 bytes) each socket adds, by number of sockets. */
  socket_kb: Map<number, number>;
  after_fan_out_mb: number;
  /** After the same again: what grew here would go on growing. */
  after_second_mb: number;
}

export async function runMemory(options: Options): Promise<boolean> {
  const targets = [floorTarget()];
  if (!options.floor_only) targets.push(clickclackTarget(options));
  const report = createReport(`S9 memory, ${options.rounds} rounds`);
  const samples = new Map<Target, Sample[]>(targets.map((target) => [target, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
      const sample = await measureMemory(target, options);
      samples.get(target)?.push(sample);
      const sockets = [...sample.socket_kb]
        .map(([count, kb]) => `${count} sockets ${formatNumber(kb)} kB each`)
        .join(", ");
      console.log(
        `s9 ${target.name}: idle ${formatNumber(sample.idle_mb)} MB, ${sockets}, after fan-out ${formatNumber(sample.after_fan_out_mb)} and ${formatNumber(sample.after_second_mb)} MB`,
      );
    }
  }
  const taken = (target: Target | undefined) => (target && samples.get(target)) ?? [];
  const idle = (target: Target | undefined) => taken(target).map((one) => one.idle_mb);
  for (const target of targets) {
    const ours = target.name === "ours";
    const bound = (label: string, values: number[], unit: string, at_most: number) =>
      ours ? report.limit(label, values, unit, at_most) : report.figure(label, values, unit);
    if (ours) report.ratio("s9.idle", "floor's idle memory / ours", idle(targets[0]), idle(target));
    bound(`${target.name}, idle`, idle(target), "MB", IDLE_TARGET_MB);
    for (const count of options.sockets) {
      const each = taken(target).map((one) => one.socket_kb.get(count) ?? Number.NaN);
      bound(`${target.name}, each of ${count} idle sockets`, each, "kB", SOCKET_TARGET_KB);
    }
    report.figure(
      `${target.name}, after fan-out`,
      taken(target).map((one) => one.after_fan_out_mb),
      "MB",
    );
    const left = taken(target).map((one) => one.after_fan_out_mb / one.idle_mb);
    bound(`${target.name}, after fan-out / idle`, left, "", LEFT_TARGET);
    const growth = taken(target).map((one) => one.after_second_mb / one.after_fan_out_mb);
    report.figure(`${target.name}, after a second fan-out / after the first`, growth, "");
  }
  return report.finish(options);
}

async function measureMemory(target: Target, options: Options): Promise<Sample> {
  const directory = mkdtempSync(join(tmpdir(), "clickclack-bench-"));
  try {
    const users = Math.max(...options.sockets) + Math.max(...options.authors);
    const workspace = await target.prepare(directory, { users, channels: 50 });
    const socket_kb = new Map<number, number>();
    let idle_mb = Number.NaN;
    for (const [index, sockets] of options.sockets.entries()) {
      await withServer(target, directory, async (server) => {
        // The first server shows idle memory after the full time; the others only need to settle.
        await Bun.sleep(index === 0 ? options.idle_ms : SETTLE_MS);
        const before_mb = residentMb(server.pid);
        if (index === 0) idle_mb = before_mb;
        socket_kb.set(sockets, await measureSockets(target, server, workspace, sockets));
      });
    }
    return await withServer(target, directory, async (server) => {
      const size = { authors: 8, sockets: Math.min(1000, Math.max(...options.sockets)) };
      const afterFanOut = async () => {
        await fanOut(target, server, workspace, size, options);
        await Bun.sleep(AFTERMATH_MS);
        return residentMb(server.pid);
      };
      return { idle_mb, socket_kb, after_fan_out_mb: await afterFanOut(), after_second_mb: await afterFanOut() };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function withServer<T>(
  target: Target,
  directory: string,
  use: (server: RunningServer) => Promise<T>,
): Promise<T> {
  const server = await startServer(target, directory);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

async function measureSockets(
  target: Target,
  server: RunningServer,
  workspace: Workspace,
  sockets: number,
): Promise<number> {
  const before_mb = residentMb(server.pid);
  const load = startLoad<IdleReport>("idle-sockets.ts", {
    port: server.port,
    socket_path: await target.socketPath(workspace, server.origin),
    socket_tokens: workspace.tokens.slice(0, sockets),
  });
  try {
    const { open } = await load.next();
    await Bun.sleep(SETTLE_MS);
    return ((residentMb(server.pid) - before_mb) * 1000) / open;
  } finally {
    await load.end();
  }
}
