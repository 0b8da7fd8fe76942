/** The steps of the gate: run one, show its output only if it failed, and count. */
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTests } from "./junit.ts";
import { root } from "./paths.ts";

/** One test may start servers and browsers; a hanging one must not hold the gate for ever. */
const TEST_TIMEOUT_MS = 60_000;
const STEP_TIMEOUT_MS = 10 * 60_000;

class Total {
  passed = 0;
  failed = 0;

  add(passed: number, failed: number): void {
    this.passed += passed;
    this.failed += failed;
  }

  fail(step: string, why: string): void {
    this.add(0, 1);
    report(step, false, "", why);
  }

  line(): string {
    return `${this.passed} passed, ${this.failed} failed`;
  }
}

export const total = new Total();

/** A step that is one check by itself. Says whether it passed. */
export async function command(step: string, args: string[]): Promise<boolean> {
  const { ok, seconds, output } = await run(args);
  if (!ok) process.stdout.write(output);
  total.add(ok ? 1 : 0, ok ? 0 : 1);
  report(step, ok, seconds);
  return ok;
}

/** A run of `bun test`: every test counts by itself. */
export async function tests(step: string, paths: string[], env: Record<string, string> = {}): Promise<void> {
  const there = paths.filter((path) => existsSync(join(root, path)));
  // Without a path `bun test` would run everything.
  if (there.length === 0) return total.fail(step, `there is nothing in ${paths.join(", ")}`);
  const folder = mkdtempSync(join(tmpdir(), "clickclack-check-"));
  const junit = join(folder, "junit.xml");
  try {
    const reporter = ["--reporter=junit", `--reporter-outfile=${junit}`];
    const args = ["test", ...there, "--only-failures", ...reporter, `--timeout=${TEST_TIMEOUT_MS}`];
    const { ok, seconds, output } = await run(args, env);
    const count = countTests(existsSync(junit) ? readFileSync(junit, "utf8") : "");
    // A file that does not even load fails the run without a failed test in the report.
    if (!ok && count.failed === 0) count.failed = 1;
    // No test at all is a broken gate, not a green one.
    if (count.passed + count.failed === 0) count.failed = 1;
    if (count.failed > 0) process.stdout.write(output);
    total.add(count.passed, count.failed);
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    report(step, count.failed === 0, seconds, `${count.passed} passed, ${count.failed} failed${skipped}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(args: string[], env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "clickclack-step-"));
  // A file, not a pipe: a process that a test left behind would keep a pipe open for ever.
  const log = join(folder, "output");
  const descriptor = openSync(log, "w");
  const started_ms = performance.now();
  try {
    const child = Bun.spawn([process.execPath, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", descriptor, descriptor],
      timeout: STEP_TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    const exitCode = await child.exited;
    const seconds = `${((performance.now() - started_ms) / 1000).toFixed(1)} s`;
    return { ok: exitCode === 0, seconds, output: readFileSync(log, "utf8") };
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(step: string, ok: boolean, seconds: string, detail = ""): void {
  console.log(`${ok ? "ok  " : "FAIL"}  ${step.padEnd(11)}${seconds.padStart(8)}  ${detail}`.trimEnd());
}
