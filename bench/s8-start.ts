/**
 * S8: start. From exec to the first 200, in an empty directory (schema and all) and on existing
 * data, as an executable and from source; beside the floor, compiled with the same flags.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLoad } from "./load/start-load.ts";
import type { StartReport } from "./load/start-probe.ts";
import { createReport } from "./measure/report.ts";
import type { Options } from "./options.ts";
import { clickclackTarget, hasExecutable } from "./target/clickclack.ts";
import { floorTarget } from "./target/floor.ts";
import { takePort } from "./target/server.ts";
import type { Target } from "./target/target.ts";

const EMPTY_TARGET_MS = 120;
const EXISTING_TARGET_MS = 50;

interface Pair {
  form: "executable" | "source";
  floor: Target;
  ours: Target | undefined;
}

export async function runStart(options: Options): Promise<boolean> {
  const scratch = mkdtempSync(join(tmpdir(), "clickclack-bench-"));
  try {
    const report = createReport(`S8 start, ${options.starts} runs`);
    for (const { form, floor, ours } of await choosePairs(options, scratch)) {
      for (const messages of options.messages > 0 ? [0, options.messages] : [0]) {
        const floor_ms: number[] = [];
        const ours_ms: number[] = [];
        const starter = await createStarter(scratch, messages);
        for (let run = 0; run < options.starts; run++) {
          floor_ms.push(await starter(floor));
          if (ours) ours_ms.push(await starter(ours));
        }
        const label = `${form}, ${messages === 0 ? "empty directory" : `${messages} messages`}`;
        report.figure(`floor, ${label}`, floor_ms, "ms");
        if (!ours) continue;
        report.ratio(`s8.${form}.${messages}`, `floor's time / ours, ${label}`, floor_ms, ours_ms);
        if (form === "source") report.figure(`ours, ${label}`, ours_ms, "ms");
        else report.limit(`ours, ${label}`, ours_ms, "ms", messages === 0 ? EMPTY_TARGET_MS : EXISTING_TARGET_MS);
      }
    }
    return report.finish(options);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function choosePairs(options: Options, scratch: string): Promise<Pair[]> {
  const ours = (from_source: boolean) =>
    options.floor_only ? undefined : clickclackTarget({ ...options, from_source });
  const pairs: Pair[] = [];
  if (options.floor_only || (!options.from_source && hasExecutable(options))) {
    const executable = await compileFloor(scratch);
    pairs.push({ form: "executable", floor: floorTarget("group", executable), ours: ours(false) });
  }
  // An executable named on the command line is what is asked about; the source beside it is not.
  if (!options.executable) pairs.push({ form: "source", floor: floorTarget(), ours: ours(true) });
  return pairs;
}

async function compileFloor(scratch: string): Promise<string> {
  const outfile = join(scratch, "floor");
  const entry = join(import.meta.dirname, "floor/server.ts");
  const flags = ["build", "--compile", "--minify", "--bytecode", "--format=esm", `--outfile=${outfile}`, entry];
  const build = Bun.spawn([process.execPath, ...flags], { stdout: "ignore", stderr: "pipe" });
  if ((await build.exited) !== 0)
    throw new Error(`the floor does not compile: ${await new Response(build.stderr).text()}`);
  return outfile;
}

/** Answers a function that starts a target once and tells how long it took to the first 200. */
async function createStarter(scratch: string, messages: number): Promise<(target: Target) => Promise<number>> {
  const existing = new Map<Target, string>();
  return async (target) => {
    let directory = existing.get(target);
    if (!directory) {
      directory = mkdtempSync(join(scratch, "data-"));
      if (messages > 0) {
        const workspace = await target.prepare(directory, { users: 10, channels: 50 });
        await target.fill?.(directory, workspace, messages);
        existing.set(target, directory);
      }
    }
    const port = takePort();
    const { argv, env = {} } = target.command(directory, port);
    const load = startLoad<StartReport>("start-probe.ts", { argv, env, cwd: scratch, port, path: target.ready_path });
    const { ready_ms } = await load.next();
    await load.exited;
    if (messages === 0) rmSync(directory, { recursive: true, force: true });
    return ready_ms;
  };
}
