import { root } from "./paths.ts";

/**
 * Runs the same Bun that runs this script, so no other version on the PATH can slip in, and
 * passes the signals on: the terminal already sends Ctrl-C to every process of its group, so that
 * one is forwarded only where there is no terminal.
 */
export async function runBun(
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<number> {
  const child = startBun(args, options);
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGTERM", forward);
  process.on("SIGHUP", forward);
  process.on("SIGINT", (signal) => {
    if (!process.stdin.isTTY) forward(signal);
  });
  return await child.exited;
}

export function startBun(args: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  return Bun.spawn([process.execPath, ...args], {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: ["inherit", "inherit", "inherit"],
  });
}
