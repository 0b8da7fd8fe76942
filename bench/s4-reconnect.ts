/**
 * S4: everybody comes back at once, each with missed events, while somebody goes on sending. And the
 * same as users live through it: a server that restarts under clients with the SDK's own back-off.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlackoutReport } from "./load/blackout.ts";
import type { ReconnectWindow } from "./load/reconnect.ts";
import { startLoad } from "./load/start-load.ts";
import { describeCpu } from "./measure/fairness.ts";
import { createReport } from "./measure/report.ts";
import { formatNumber } from "./measure/statistics.ts";
import type { Options } from "./options.ts";
import { clickclackTarget } from "./target/clickclack.ts";
import { floorTarget } from "./target/floor.ts";
import { startServer, type RunningServer, takePort } from "./target/server.ts";
import type { Target, Workspace } from "./target/target.ts";

const CHANNELS = 50;
const SENDS_P99_MS = 50;
const BLACKOUT_P50_MS = 3000;
const SDK_CLIENTS = 500;

interface Storm {
  clients: number;
  missed: number;
  at_most_ms: number;
}

const STORMS: readonly Storm[] = [
  { clients: 10_000, missed: 50, at_most_ms: 2000 },
  { clients: 1_000, missed: 500, at_most_ms: 1000 },
];

export async function runReconnect(options: Options): Promise<boolean> {
  const ours = clickclackTarget(options);
  const targets = options.floor_only ? [floorTarget()] : [floorTarget(), ours];
  const report = createReport(`S4 reconnect, ${options.rounds} rounds`);
  for (const storm of STORMS) {
    const samples = new Map<Target, ReconnectWindow[]>(targets.map((target) => [target, []]));
    for (let round = 0; round < options.rounds; round++) {
      for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
        const sample = await measureStorm(target, storm);
        samples.get(target)?.push(sample);
        console.log(describe(target, storm, sample));
      }
    }
    const label = `${storm.clients} × ${storm.missed}`;
    const of = (target: Target | undefined, pick: (one: ReconnectWindow) => number) =>
      (target && samples.get(target)?.map(pick)) ?? [];
    for (const target of targets) {
      const back = of(target, (one) => one.all_back_ms);
      const sends = of(target, (one) => one.send_p99_ms);
      if (target !== ours) {
        report.figure(`${target.name}, ${label}, all back`, back, "ms");
        report.figure(`${target.name}, ${label}, sends meanwhile p99`, sends, "ms");
        continue;
      }
      const floor = of(targets[0], (one) => one.all_back_ms);
      report.ratio(`s4.${storm.clients}x${storm.missed}`, `floor's time / ours, ${label}`, floor, back);
      report.limit(`ours, ${label}, all back`, back, "ms", storm.at_most_ms);
      report.limit(`ours, ${label}, sends meanwhile p99`, sends, "ms", SENDS_P99_MS);
    }
  }
  if (!options.floor_only) {
    const blackouts = [];
    for (let round = 0; round < options.rounds; round++) blackouts.push(await measureBlackout(ours));
    const p50 = blackouts.map((one) => one.p50_ms);
    report.limit(`ours, restart under ${SDK_CLIENTS} SDK clients, blackout p50`, p50, "ms", BLACKOUT_P50_MS);
    const worst = blackouts.map((one) => one.max_ms);
    report.figure("ours, the longest blackout", worst, "ms");
  }
  return report.finish(options);
}

async function measureStorm(target: Target, { clients, missed }: Storm): Promise<ReconnectWindow> {
  return withWorkspace(target, clients + 1, async (directory, workspace) => {
    const server = await startServer(target, directory);
    try {
      const author_token = workspace.tokens[clients] ?? "";
      await sendFirst(server, workspace, author_token);
      const load = startLoad<ReconnectWindow>("reconnect.ts", {
        port: server.port,
        server_pid: server.pid,
        socket_path: target.replayPath?.(workspace) ?? (await target.socketPath(workspace, server.origin)),
        socket_tokens: workspace.tokens.slice(0, clients),
        author_token,
        channel_ids: workspace.channel_ids,
        missed,
      });
      try {
        return await load.next();
      } finally {
        await load.end();
      }
    } finally {
      await server.kill();
    }
  });
}

/** A client that comes back has a cursor, so something must have been before. */
async function sendFirst(server: RunningServer, workspace: Workspace, token: string): Promise<void> {
  const answer = await fetch(`${server.origin}/api/channels/${workspace.channel_ids[0]}/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ body: "the first" }),
  });
  if (answer.status !== 201) throw new Error(`the first send was answered ${answer.status}`);
}

async function measureBlackout(target: Target): Promise<BlackoutReport> {
  return withWorkspace(target, SDK_CLIENTS, async (directory, workspace) => {
    const port = takePort();
    const first = await startServer(target, directory, port);
    const load = startLoad<BlackoutReport | { live: number }>("blackout.ts", {
      origin: first.origin,
      workspace_id: workspace.workspace_id,
      tokens: workspace.tokens,
    });
    let second: RunningServer | undefined;
    try {
      await load.next();
      await first.stop();
      second = await startServer(target, directory, port);
      const report = await load.next();
      if (!("p50_ms" in report)) throw new Error("the clients did not report their blackout");
      console.log(
        `s4 restart: blackout p50 ${formatNumber(report.p50_ms)} ms, longest ${formatNumber(report.max_ms)} ms`,
      );
      return report;
    } finally {
      await load.end();
      await first.kill();
      await second?.kill();
    }
  });
}

async function withWorkspace<T>(
  target: Target,
  users: number,
  use: (directory: string, workspace: Workspace) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "clickclack-bench-"));
  try {
    return await use(directory, await target.prepare(directory, { users, channels: CHANNELS }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function describe(target: Target, { clients, missed }: Storm, one: ReconnectWindow): string {
  return (
    `s4 ${target.name}, ${clients} × ${missed}: all back after ${formatNumber(one.all_back_ms)} ms (p50 ${formatNumber(one.back_p50_ms)}), ` +
    `${one.sends} sends meanwhile p50 ${formatNumber(one.send_p50_ms)} ms, p99 ${formatNumber(one.send_p99_ms)} ms, memory +${formatNumber(one.memory_mb)} MB, ${describeCpu(one)}`
  );
}
