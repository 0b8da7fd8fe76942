/**
 * The probe of S8, on the load's core so that it takes nothing from the server: starts a command
 * and asks until the first 200. A new connection each time, because a refused one says "not yet".
 */
import { pinned, SERVER_CPU } from "../target/server.ts";

export interface StartProbe {
  argv: string[];
  env: Record<string, string>;
  cwd: string;
  port: number;
  path: string;
}

export interface StartReport {
  ready_ms: number;
}

const TIMEOUT_MS = 20_000;
const RETRY_MS = 0.25;

async function run(probe: StartProbe): Promise<StartReport> {
  const started = performance.now();
  const child = Bun.spawn(pinned(SERVER_CPU, probe.argv), {
    cwd: probe.cwd,
    env: { ...process.env, ...probe.env },
    stdout: "ignore",
    stderr: "inherit",
  });
  try {
    while (performance.now() - started < TIMEOUT_MS) {
      if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`);
      if (await answers(probe)) return { ready_ms: performance.now() - started };
      await Bun.sleep(RETRY_MS);
    }
    throw new Error(`no 200 within ${TIMEOUT_MS} ms`);
  } finally {
    child.kill("SIGTERM");
    await child.exited;
  }
}

async function answers({ port, path }: StartProbe): Promise<boolean> {
  const answer = Promise.withResolvers<boolean>();
  const refused = () => answer.resolve(false);
  const connecting = Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open(socket) {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
      },
      data(socket, chunk) {
        answer.resolve(chunk.toString("latin1", 0, 12) === "HTTP/1.1 200");
        socket.end();
      },
      close: refused,
      connectError: refused,
    },
  });
  connecting.catch(refused);
  return await answer.promise;
}

process.stdout.write(`${JSON.stringify(await run(await Bun.stdin.json()))}\n`);
process.exit(0);
