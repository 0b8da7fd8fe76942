/** The compiled file as a process: the server that is killed and started again, and the terminals. */
import { type Place, program } from "../../binary/program.ts";
import { Log } from "./log.ts";

export interface Server {
  url: string;
  port: number;
  /** The one-time link of a server without people. */
  claim_url: string | undefined;
  /** What it logged, one JSON object a line. */
  logged: Log<{ level: number; msg?: string }>;
  /** Sends the signal in this very tick; settles with the exit code, or undefined where a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | undefined>;
}

/** Settles when the server has said where it listens. Port 0 lets the system choose. */
export async function startServer(place: Place, port = 0, ...more: string[]): Promise<Server> {
  const flags = ["--addr", `127.0.0.1:${port}`, "--data", place.data, "--json", ...more];
  const child = spawn(place, ["serve", ...flags]);
  const printed = new Log<string>("serve");
  const logged = new Log<{ level: number; msg?: string }>("the server's log");
  const read = Promise.all([
    lines(child.stdout, (line) => printed.push(line)),
    lines(child.stderr, (line) => {
      // What is no log line is a refusal or a crash, and nobody may miss it.
      logged.push(line.startsWith("{") ? (JSON.parse(line) as { level: number }) : { level: 60, msg: line });
    }),
  ]);
  const ended = Promise.all([child.exited, read]).then(([code]) => {
    throw new Error(`serve ended with ${code}: ${JSON.stringify(logged.items)}`);
  });
  ended.catch(() => undefined);
  const line = await Promise.race([printed.until("its address", () => true), ended]);
  const { url, port: bound, claim_url } = JSON.parse(line) as { url: string; port: number; claim_url?: string };
  return {
    url,
    port: bound,
    claim_url,
    logged,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await child.exited;
      await read;
      return child.exitCode ?? undefined;
    },
  };
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** One command, to its end or for as long as it follows. */
export interface Command {
  stdout: Log<string>;
  stderr: Log<string>;
  /** Settles with everything it printed. */
  ended: Promise<Outcome>;
  stop(signal?: NodeJS.Signals): Promise<Outcome>;
}

export function start(
  place: Place,
  args: string[],
  { input = "", heard }: { input?: string; heard?: (line: string) => void } = {},
): Command {
  const child = spawn(place, args, input);
  const stdout = new Log<string>(args[0] ?? "");
  const stderr = new Log<string>(`${args[0]}, errors`);
  const read = Promise.all([
    lines(child.stdout, (line) => {
      stdout.push(line);
      heard?.(line);
    }),
    lines(child.stderr, (line) => stderr.push(line)),
  ]);
  const ended = (async () => {
    await read;
    const code = await child.exited;
    return { code, stdout: stdout.items.join("\n"), stderr: stderr.items.join("\n") };
  })();
  return {
    stdout,
    stderr,
    ended,
    stop(signal = "SIGINT") {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs a command that must succeed, and answers what it printed. */
export async function run(place: Place, args: string[], input = ""): Promise<string> {
  const { code, stdout, stderr } = await start(place, args, { input }).ended;
  if (code !== 0) throw new Error(`clickclack ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}

function spawn(place: Place, args: string[], input = "") {
  return Bun.spawn([program, ...args], {
    cwd: place.home,
    // Nothing of this machine's set-up, so nothing of it can be needed.
    env: { HOME: place.home, PATH: "/usr/bin:/bin" },
    stdin: new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function lines(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of stream) {
    rest += decoder.decode(piece, { stream: true });
    const whole = rest.split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) take(line);
  }
  if (rest !== "") take(rest);
}
