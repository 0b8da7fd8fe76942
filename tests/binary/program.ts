/** Starts the compiled file the way a stranger would: elsewhere, with an empty home, by its name. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const built = join(import.meta.dir, "../../dist", process.platform === "win32" ? "clickclack.exe" : "clickclack");

export const program = process.env.CLICKCLACK_BINARY ?? built;

export interface Place {
  /** An empty directory, which is also the home and the working directory. */
  home: string;
  data: string;
  remove(): void;
}

export function newPlace(): Place {
  if (!existsSync(program)) throw new Error(`${program} does not exist; run: bun run build`);
  const home = mkdtempSync(join(tmpdir(), "clickclack-binary-"));
  return { home, data: join(home, "data"), remove: () => rmSync(home, { recursive: true, force: true }) };
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. */
export async function run(place: Place, ...args: string[]): Promise<Outcome> {
  const child = spawn(place, args);
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout, stderr };
}

export interface Running {
  url: string;
  /** Everything printed up to the first address. */
  greeting: string;
  pid: number;
  /** Sends the signal and answers the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number>;
}

/** Serves on a free port and settles when the terminal says where to click. */
export async function serve(place: Place, ...flags: string[]): Promise<Running> {
  const child = spawn(place, ["serve", "--addr", "127.0.0.1:0", "--data", place.data, ...flags]);
  const errors = new Response(child.stderr).text();
  let greeting = "";
  const decoder = new TextDecoder();
  const reader = child.stdout.getReader();
  let url: string | undefined;
  while (!url) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`serve ended with ${await child.exited}: ${greeting}${await errors}`);
    greeting += decoder.decode(value, { stream: true });
    url = /https?:\/\/[^\s/]+:\d+(?=[\s/])/.exec(greeting)?.[0];
  }
  // The rest is the log; unread, it would fill the pipe and stop the server.
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    await drained;
    return await child.exited;
  };
  return { url, greeting, pid: child.pid, stop };
}

function spawn(place: Place, args: string[]) {
  return Bun.spawn([program, ...args], {
    cwd: place.home,
    // Nothing of this machine's set-up, so nothing of it can be needed.
    env: {
      HOME: place.home,
      PATH: "/usr/bin:/bin",
      ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
