import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const main = join(import.meta.dir, "../main.ts");

interface Words {
  input?: string | Uint8Array;
  env?: Record<string, string>;
}

/**
 * The program itself in a home of its own, with a server that it started. Commands run as a process each, as
 * people run them.
 */
export async function startProgram() {
  const root = mkdtempSync(join(tmpdir(), "clickclack-client-"));
  let url: string | undefined;

  function start(words: string[], { input = "", env = {} }: Words = {}) {
    const own = {
      XDG_CONFIG_HOME: join(root, "config"),
      HOME: root,
      CLICKCLACK_DATA: join(root, "data"),
      NO_COLOR: "1",
    };
    const process_env: Record<string, string | undefined> = { ...process.env, CLICKCLACK_SERVER: url, ...own, ...env };
    const stdin = new Blob([input as BlobPart]);
    return Bun.spawn([process.execPath, main, ...words], { env: process_env, stdin, stdout: "pipe", stderr: "pipe" });
  }

  async function run(words: string[], options: Words = {}) {
    const child = start(words, options);
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { out: out.trimEnd(), err: err.trimEnd(), code };
  }

  const magicLink = async () => (await run(["admin", "magic-link", "create", "--email", "ada@example.org"])).out;

  await run(["admin", "bootstrap", "--name", "Ada", "--email", "ada@example.org"]);
  await run(["admin", "user", "set-password", "--email", "ada@example.org"], { input: "open sesame\n" });
  const server = start(["serve", "--addr", "127.0.0.1:0", "--json", "--log-level", "silent"]);
  const greeting = JSON.parse(await next(lines(server.stdout))) as { port: number };
  url = `http://127.0.0.1:${greeting.port}`;
  const token = (await run(["login", "--magic-token", await magicLink(), "--no-store", "--plain"])).out;
  return {
    root,
    url,
    /** Ada's, the owner's. */
    token,
    start,
    run,
    magicLink,
    /** Ends the server, and answers its exit code. */
    async stop(): Promise<number> {
      server.kill("SIGTERM");
      const code = await server.exited;
      rmSync(root, { recursive: true, force: true });
      return code;
    },
  };
}

export type Program = Awaited<ReturnType<typeof startProgram>>;

/** The lines of a stream, one at a time. */
export async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}

export async function next(stream: AsyncGenerator<string>): Promise<string> {
  return String((await stream.next()).value);
}
