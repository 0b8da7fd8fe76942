import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Options } from "../options.ts";
import { fillClickclack, seedClickclack } from "./seed.ts";
import type { Command, Target } from "./target.ts";

const ROOT = join(import.meta.dirname, "../..");
const BUILT = join(ROOT, "dist/clickclack");

/** Limits are raised by configuration; the batch size is read from `/metrics`. */
const SERVE_FLAGS = ["--rate-limit", "0", "--metrics-enabled", "--access-log", "off", "--log-level", "error"];

/** Our server: the executable if there is one, as users run it, else the source. */
export function clickclackTarget(
  options: Pick<Options, "executable" | "from_source">,
  variant: { commit_per_message?: boolean } = {},
): Target {
  const single = variant.commit_per_message ?? false;
  const start = single ? [process.execPath, join(import.meta.dirname, "single-commits.ts")] : startOf(options);
  const databasePath = (directory: string) => join(directory, "clickclack.db");
  return {
    name: single ? "ours, one commit each" : "ours",
    ready_path: "/healthz",
    async prepare(directory, population) {
      await migrate(start, directory);
      return seedClickclack(databasePath(directory), population);
    },
    fill: async (directory, workspace, messages) => fillClickclack(databasePath(directory), workspace, messages),
    command: (directory, port): Command => ({
      argv: [...start, "serve", "--addr", `127.0.0.1:${port}`, "--data", directory, ...SERVE_FLAGS],
    }),
    async socketPath({ workspace_id, tokens }, origin) {
      const url = `${origin}/api/realtime/events?workspace_id=${workspace_id}&limit=1&include_tail=true`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${tokens[0]}` } });
      const { tail_cursor = "" } = (await response.json()) as { tail_cursor?: string };
      return `/api/realtime/ws?workspace_id=${workspace_id}&after_cursor=${tail_cursor}`;
    },
    async commits(origin) {
      const text = await (await fetch(`${origin}/metrics`)).text();
      return { commits: counter(text, "clickclack_commits"), writes: counter(text, "clickclack_writes") };
    },
    stored: (directory) => ({
      database_path: databasePath(directory),
      messages: "SELECT id FROM messages",
      events: "SELECT json_extract(payload, '$.message_id') AS id FROM events WHERE type = 'message.created'",
      search: "SELECT m.id FROM message_search s JOIN messages m ON m.doc_id = s.rowid WHERE s.body MATCH ?",
      sequences:
        "SELECT id, conversation_id AS channel_id, channel_seq AS seq FROM messages WHERE channel_seq IS NOT NULL ORDER BY conversation_id, channel_seq",
    }),
  };
}

export function hasExecutable({ executable }: Pick<Options, "executable">): boolean {
  return executable !== undefined || existsSync(BUILT);
}

function startOf({ executable, from_source }: Pick<Options, "executable" | "from_source">): string[] {
  if (from_source) return [process.execPath, join(ROOT, "src/main.ts")];
  if (executable) return [executable];
  return existsSync(BUILT) ? [BUILT] : [process.execPath, join(ROOT, "src/main.ts")];
}

async function migrate(start: readonly string[], directory: string): Promise<void> {
  const child = Bun.spawn([...start, "migrate", "--data", directory], { stdout: "ignore", stderr: "pipe" });
  if ((await child.exited) === 0) return;
  throw new Error(`migrate failed: ${await new Response(child.stderr).text()}`);
}

function counter(text: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`/metrics has no ${name}`);
  return Number(value);
}
