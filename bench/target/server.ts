/** Runs a target on CPU 0, where nothing else of the bench runs. */
import type { Target } from "./target.ts";

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 15_000;

export const SERVER_CPU = 0;
export const LOAD_CPU = 1;

export interface RunningServer {
  pid: number;
  port: number;
  origin: string;
  /** SIGKILL: nothing gets a chance to tidy up. */
  kill(): Promise<void>;
  /** SIGTERM: the server's own graceful stop. */
  stop(): Promise<void>;
}

let next_port = 8800;

export async function startServer(
  target: Pick<Target, "name" | "ready_path" | "command">,
  directory: string,
  port = takePort(),
): Promise<RunningServer> {
  const { argv, env } = target.command(directory, port);
  // `taskset` replaces itself by the server, so this is the server's own process id.
  const child = Bun.spawn(pinned(SERVER_CPU, argv), {
    cwd: directory,
    env: { ...process.env, ...env },
    stdout: Bun.file(`${directory}/server.log`),
    stderr: "inherit",
  });
  const origin = `http://127.0.0.1:${port}`;
  await waitUntilReady(origin + target.ready_path, () => child.exitCode !== null, target.name);
  return {
    pid: child.pid,
    port,
    origin,
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
    async stop() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await child.exited;
      clearTimeout(late);
    },
  };
}

/** Each server gets a fresh port: none meets a connection of the one before. */
export function takePort(): number {
  next_port = next_port >= 8898 ? 8800 : next_port + 1;
  return next_port;
}

export function pinned(cpu: number, argv: readonly string[]): string[] {
  return ["taskset", "-c", String(cpu), ...argv];
}

async function waitUntilReady(url: string, hasEnded: () => boolean, name: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (hasEnded()) throw new Error(`${name}: the server ended before it answered`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await Bun.sleep(10);
  }
  throw new Error(`${name}: no answer on ${url} within ${START_TIMEOUT_MS} ms`);
}
