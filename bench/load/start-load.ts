/** Starts a load process on CPU 1 and hands over the JSON lines that it prints. */
import { join } from "node:path";
import { LOAD_CPU, pinned } from "../target/server.ts";

export interface RunningLoad<Report> {
  /** The next report; rejects when the process ends with an error or without one. */
  next(): Promise<Report>;
  end(): Promise<void>;
  exited: Promise<unknown>;
}

export function startLoad<Report>(script: string, options: object): RunningLoad<Report> {
  const path = join(import.meta.dirname, script);
  const child = Bun.spawn(pinned(LOAD_CPU, [process.execPath, path]), {
    // Ten thousand tokens are more than a command line holds.
    stdin: new Blob([JSON.stringify(options)]),
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = readLines(child.stdout);
  return {
    async next() {
      const line = await lines.next();
      if (line.done) throw new Error(`${script}: ended with code ${await child.exited} before it reported`);
      return JSON.parse(line.value) as Report;
    },
    exited: child.exited,
    async end() {
      child.kill();
      await child.exited;
    },
  };
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}
