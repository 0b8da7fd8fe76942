/**
 * A reference slice kept outside this repository (`--slice <file>`), to show that our floor does
 * the same work at the same speed. It makes its own data and knows one user.
 */
import { join } from "node:path";
import type { CommitCount, Target, Workspace } from "./target.ts";

const PORT_IN_NAME = /s\d+\.db$/;

export function sliceTarget(file: string, mode: "group" | "tx" = "group"): Target {
  return {
    name: mode === "group" ? "slice" : "slice, one commit each",
    prepare: async (_, population) => makeWorkspace(population.users),
    command: (directory, port) => ({
      argv: [process.execPath, file, String(port), mode, "FULL", "1", "auto", "raw"],
      env: { DBDIR: directory },
    }),
    ready_path: "/ping",
    socketPath: async () => "/ws",
    async commits(origin) {
      const { sends, batches } = (await (await fetch(`${origin}/ping`)).json()) as { sends: number; batches: number };
      return { commits: batches, writes: sends } satisfies CommitCount;
    },
    stored: (directory) => ({
      database_path: findDatabase(directory),
      messages: "SELECT id FROM messages",
      events: "SELECT json_extract(payload, '$.message.id') AS id FROM events WHERE type = 'message.created'",
      search: "SELECT m.id FROM mfts t JOIN messages m ON m.rid = t.rowid WHERE t.body MATCH ?",
      sequences: "SELECT id, channel_id, channel_seq AS seq FROM messages ORDER BY channel_id, channel_seq",
    }),
  };
}

function makeWorkspace(users: number): Workspace {
  return {
    workspace_id: "wsp_01HZZZZZZZZZZZZZZZZZZZ0001",
    channel_ids: Array.from(
      { length: 50 },
      (_, index) => `chn_01HZZZZZZZZZZZZZZZZZZZ${String(index).padStart(4, "0")}`,
    ),
    tokens: Array.from({ length: users }, () => "tok_0123456789abcdef0123456789abcdef"),
  };
}

function findDatabase(directory: string): string {
  const name = [...new Bun.Glob("s*.db").scanSync(directory)].find((file) => PORT_IN_NAME.test(file));
  return join(directory, name ?? "");
}
