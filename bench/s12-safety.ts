/**
 * S12: safety under speed. While a fan-out runs at full speed, members are removed by another
 * process and one reader stops reading: nothing may reach the removed from the revoking commit on,
 * the reader is cut at a bounded buffer, and the others do not notice.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SafetyReport, SafetyWindow } from "./load/safety.ts";
import { startLoad } from "./load/start-load.ts";
import { describeCpu } from "./measure/fairness.ts";
import { createReport } from "./measure/report.ts";
import { formatNumber } from "./measure/statistics.ts";
import type { Options } from "./options.ts";
import { clickclackTarget } from "./target/clickclack.ts";
import { LOAD_CPU, pinned, startServer } from "./target/server.ts";

const SOCKETS = 300;
const DOOMED = 20;
const AUTHORS = 8;
/** Others' p99 may move by a fifth. */
const MOVED_TARGET = 1.2;

interface Sample {
  calm: SafetyWindow;
  troubled: SafetyWindow;
  cut_after_ms: number;
  growth_mb: number;
}

export async function runSafety(options: Options): Promise<boolean> {
  const report = createReport(`S12 safety under speed, ${options.rounds} rounds of 2 × ${options.measure_ms / 1000} s`);
  const samples: Sample[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const sample = await measureSafety(options);
    samples.push(sample);
    const { calm, troubled, cut_after_ms, growth_mb } = sample;
    console.log(
      `s12 ours: ${DOOMED} removed, nothing reached them; post p99 ${formatNumber(calm.post_p99_ms)} ms calm, ${formatNumber(troubled.post_p99_ms)} ms troubled; ` +
        `the deaf reader was cut ${formatNumber(cut_after_ms / 1000)} s after the window at the latest, memory +${formatNumber(growth_mb)} MB, ${describeCpu(troubled)}`,
    );
  }
  const moved = samples.map(({ calm, troubled }) => troubled.post_p99_ms / calm.post_p99_ms);
  report.limit("others' p99, troubled / calm", moved, "", MOVED_TARGET);
  const growth = samples.map((one) => one.growth_mb);
  report.figure("growth with a reader that stopped", growth, "MB");
  return report.finish(options);
}

async function measureSafety(options: Options): Promise<Sample> {
  const target = clickclackTarget(options);
  const directory = mkdtempSync(join(tmpdir(), "clickclack-bench-"));
  try {
    const users = SOCKETS + DOOMED + AUTHORS + 1;
    const workspace = await target.prepare(directory, { users, channels: 50 });
    const server = await startServer(target, directory);
    const { tokens } = workspace;
    const doomed_tokens = tokens.slice(SOCKETS, SOCKETS + DOOMED);
    const load = startLoad<SafetyWindow | SafetyReport>("safety.ts", {
      port: server.port,
      server_pid: server.pid,
      socket_path: await target.socketPath(workspace, server.origin),
      socket_tokens: tokens.slice(0, SOCKETS),
      doomed_tokens,
      author_tokens: tokens.slice(SOCKETS + DOOMED, SOCKETS + DOOMED + AUTHORS),
      deaf_token: tokens.at(-1) ?? "",
      channel_ids: workspace.channel_ids,
      warm_ms: options.warm_ms,
      measure_ms: options.measure_ms,
    });
    try {
      const calm = asWindow(await load.next());
      const removed_at = await removeMembers(directory, workspace.workspace_id);
      const troubled = asWindow(await load.next());
      const end = await load.next();
      if (!("last_cursors" in end)) throw new Error("the load did not report the last cursors");
      requireNothingAfter(removed_at, doomed_tokens, end.last_cursors);
      return { calm, troubled, cut_after_ms: end.cut_after_ms, growth_mb: end.growth_mb };
    } finally {
      await load.end();
      await server.kill();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function asWindow(report: SafetyWindow | SafetyReport): SafetyWindow {
  if ("post_p99_ms" in report) return report;
  throw new Error("the load reported its end too early");
}

/** The cursor of each removal, in the order of the doomed. */
async function removeMembers(directory: string, workspace_id: string): Promise<string[]> {
  const ids = Array.from({ length: DOOMED }, (_, n) => `usr_${String(SOCKETS + n).padStart(26, "0")}`);
  const script = join(import.meta.dirname, "target/remove-members.ts");
  const child = Bun.spawn(pinned(LOAD_CPU, [process.execPath, script, directory, workspace_id, ...ids]), {
    stdout: "pipe",
    stderr: "inherit",
  });
  const cursors = JSON.parse(await new Response(child.stdout).text()) as Record<string, string>;
  return ids.map((id) => cursors[id] ?? "");
}

function requireNothingAfter(removed_at: string[], tokens: string[], last: Record<string, string>): void {
  for (const [index, token] of tokens.entries()) {
    const received = last[token] ?? "";
    const removed = removed_at[index] ?? "";
    if (received === "" || removed === "") throw new Error("a removal or its socket left no cursor");
    if (received >= removed) throw new Error(`a removed member received ${received}, removed at ${removed}`);
  }
}
