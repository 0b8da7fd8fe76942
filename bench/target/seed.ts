/**
 * Fills a product's data directory with SQL instead of ten thousand sign-ups. The schema comes from
 * the product's own `migrate`, so a bench against a changed schema fails here and not silently.
 */
import { Database } from "bun:sqlite";
import { scopeWords } from "../../src/lib/search-scope.ts";
import { makeBodies } from "../load/bodies.ts";
import type { Population, Workspace } from "./target.ts";

export const SEEDED_AT = "2026-01-01T00:00:00.000Z";
export const NEVER = "2999-01-01T00:00:00.000Z";

export function seedClickclack(database_path: string, { users, channels }: Population): Workspace {
  const db = new Database(database_path, { readwrite: true });
  const workspace: Workspace = {
    workspace_id: seedId("wsp", 0),
    channel_ids: Array.from({ length: channels }, (_, index) => seedId("chn", index)),
    tokens: Array.from(
      { length: users },
      () => `sst_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url")}`,
    ),
  };
  db.transaction(() => {
    const { workspace_id } = workspace;
    insert(db, "workspaces", {
      id: workspace_id,
      route_id: routeId("T", 0),
      name: "Bench",
      slug: "bench",
      created_at: SEEDED_AT,
    });
    for (const [index, id] of workspace.channel_ids.entries()) {
      insert(db, "channels", {
        id,
        route_id: routeId("C", index),
        workspace_id,
        name: `channel-${index}`,
        created_at: SEEDED_AT,
      });
    }
    for (const [index, token] of workspace.tokens.entries()) seedUser(db, workspace_id, index, token);
  })();
  db.close();
  return workspace;
}

export function seedUser(db: Database, workspace_id: string, index: number, token: string): void {
  const user_id = seedId("usr", index);
  const name = `Person ${index}`;
  const role = index === 0 ? { role: "owner", role_sort: 0 } : { role: "member", role_sort: 2 };
  insert(db, "users", { id: user_id, display_name: name, handle: `person-${index}`, created_at: SEEDED_AT });
  insert(db, "workspace_members", {
    workspace_id,
    user_id,
    ...role,
    sort_name: name.toLowerCase(),
    sort_handle: `person-${index}`,
    created_at: SEEDED_AT,
  });
  const token_hash = new Bun.CryptoHasher("sha256").update(token).digest("hex");
  insert(db, "sessions", { id: seedId("ses", index), token_hash, user_id, created_at: SEEDED_AT, expires_at: NEVER });
}

/** Old messages, each with its search row and its event, as the product would have stored them. */
export function fillClickclack(database_path: string, workspace: Workspace, messages: number): void {
  const db = new Database(database_path, { readwrite: true });
  const { workspace_id, channel_ids } = workspace;
  const bodies = makeBodies(4096);
  const author_id = seedId("usr", 0);
  db.transaction(() => {
    for (let index = 0; index < messages; index++) {
      const id = seedId("msg", index);
      const channel_id = channel_ids[index % channel_ids.length] ?? "";
      const seq = Math.floor(index / channel_ids.length) + 1;
      const body = bodies[index % bodies.length] ?? "";
      insert(db, "messages", {
        doc_id: index + 1,
        id,
        workspace_id,
        conversation_id: channel_id,
        author_id,
        thread_root_id: id,
        channel_seq: seq,
        posted_no: seq,
        body,
        created_at: SEEDED_AT,
      });
      const scope = scopeWords({ kind: "public", workspace_id, conversation_id: channel_id, author_id });
      insert(db, "message_search", { rowid: index + 1, body, scope });
      insert(db, "events", {
        workspace_id,
        cursor: seedId("cur", index),
        id: seedId("evt", index),
        topic: `wsp:${workspace_id}:messages`,
        type: "message.created",
        channel_id,
        seq,
        payload: JSON.stringify({ message_id: id, author_id }),
        created_at: SEEDED_AT,
      });
    }
    db.run("UPDATE workspaces SET last_cursor = ?", [seedId("cur", messages - 1)]);
    db.run(
      "UPDATE channels SET last_seq = (SELECT COALESCE(MAX(channel_seq), 0) FROM messages WHERE conversation_id = channels.id)",
    );
    db.run("UPDATE channels SET posted_total = last_seq, message_total = last_seq");
  })();
  db.close();
}

export function insert(db: Database, table: string, row: Record<string, string | number>): void {
  const columns = Object.keys(row);
  // `query` keeps the prepared statement, and each table is filled by one form of it.
  db.query(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`).run(
    ...Object.values(row),
  );
}

export function seedId(prefix: string, index: number): string {
  return `${prefix}_${String(index).padStart(26, "0")}`;
}

export function routeId(letter: string, index: number): string {
  return letter + String(index).padStart(16, "0");
}
