import { Database } from "bun:sqlite";
import { join } from "node:path";
import { seedStore } from "../floor/store.ts";
import type { CommitMode } from "../floor/writer.ts";
import { makeBodies } from "../load/bodies.ts";
import type { CommitCount, Population, Target, Workspace } from "./target.ts";

/** Our own floor (`bench/floor/`), from source or as an executable made by S8. */
export function floorTarget(mode: CommitMode = "group", executable?: string): Target {
  const start = executable ? [executable] : [process.execPath, join(import.meta.dirname, "../floor/server.ts")];
  const databasePath = (directory: string) => join(directory, "floor.db");
  return {
    name: mode === "group" ? "floor" : "floor, one commit each",
    ready_path: "/healthz",
    socketPath: async (workspace) => `/api/realtime/ws?workspace_id=${workspace.workspace_id}`,
    replayPath: (workspace) => `/api/realtime/ws?workspace_id=${workspace.workspace_id}&after_cursor=1`,
    async prepare(directory, population) {
      const workspace = makeWorkspace(population);
      seedStore(databasePath(directory), workspace);
      return workspace;
    },
    fill: async (directory, workspace, messages) => fillStore(databasePath(directory), workspace, messages),
    command: (directory, port) => ({ argv: [...start, String(port), directory, mode] }),
    async commits(origin) {
      const response = await fetch(`${origin}/stats`);
      return (await response.json()) as CommitCount;
    },
    stored: (directory) => ({
      database_path: databasePath(directory),
      messages: "SELECT id FROM messages",
      events: "SELECT json_extract(payload, '$.message.id') AS id FROM events WHERE type = 'message.created'",
      search: "SELECT m.id FROM message_text t JOIN messages m ON m.row = t.rowid WHERE t.body MATCH ?",
      sequences: "SELECT id, channel_id, channel_seq AS seq FROM messages ORDER BY channel_id, channel_seq",
    }),
  };
}

function makeWorkspace({ users, channels }: Population): Workspace {
  return {
    workspace_id: `wsp_${"0".repeat(26)}`,
    channel_ids: Array.from({ length: channels }, (_, index) => `chn_${String(index).padStart(26, "0")}`),
    tokens: Array.from({ length: users }, () => `sst_${crypto.randomUUID()}`),
  };
}

function fillStore(path: string, { workspace_id, channel_ids }: Workspace, messages: number): void {
  const db = new Database(path);
  const bodies = makeBodies(4096);
  const author_id = `usr_${"0".repeat(26)}`;
  const addMessage = db.prepare("INSERT INTO messages VALUES (NULL, ?, ?, ?, ?, ?, NULL, ?, ?)");
  const addEvent = db.prepare("INSERT INTO events VALUES (NULL, ?, ?, ?, 'message.created', ?, ?)");
  db.transaction(() => {
    for (let index = 0; index < messages; index++) {
      const suffix = String(index).padStart(26, "0");
      const channel_id = channel_ids[index % channel_ids.length] ?? "";
      const seq = Math.floor(index / channel_ids.length) + 1;
      addMessage.run(`msg_${suffix}`, workspace_id, channel_id, author_id, seq, bodies[index % bodies.length] ?? "", 0);
      addEvent.run(`evt_${suffix}`, workspace_id, channel_id, `{"message":{"id":"msg_${suffix}"}}`, 0);
    }
    const setSeq = db.prepare("UPDATE channels SET last_seq = ? WHERE id = ?");
    for (const [index, id] of channel_ids.entries()) setSeq.run(Math.ceil((messages - index) / channel_ids.length), id);
  })();
  db.close();
}
