/**
 * The floor of S5: pages out of the product's own database with raw Bun and raw SQLite. It does what an
 * honest page cannot do without (bearer → session, membership, the rows, their authors, reactions and
 * files, JSON) and answers the same fields. A yardstick, not a server to use.
 *
 *   bun bench/floor/pages.ts <port> <data directory>
 */
import { Database } from "bun:sqlite";
import { databasePath } from "../../src/db/open.ts";
import { hashToken } from "./store.ts";

const PAGE_PATH = /^\/api\/channels\/(chn_[0-9a-z]{26})\/messages$/;
const PAGE = 50;
const NO_END = Number.MAX_SAFE_INTEGER;

interface Row {
  id: string;
  author_id: string;
  author?: unknown;
  reactions?: unknown;
  attachments?: unknown;
}

interface Of {
  message_id: string;
}

function servePages(port: number, directory: string): void {
  const db = new Database(databasePath(directory), { readonly: true });
  db.run("PRAGMA cache_size = -16384");
  const access = prepareAccess(db);
  const readPage = preparePage(db);
  Bun.serve({
    port,
    hostname: "127.0.0.1",
    fetch(request) {
      const url = new URL(request.url);
      if (url.pathname === "/healthz") return new Response("ok");
      const channel_id = PAGE_PATH.exec(url.pathname)?.[1];
      if (!channel_id) return new Response("{}", { status: 404 });
      const user_id = access.userOf(request.headers.get("authorization")?.slice("Bearer ".length) ?? "");
      if (!user_id) return new Response("{}", { status: 401 });
      if (!access.isReader(channel_id, user_id)) return new Response("{}", { status: 404 });
      const before_seq = Number(url.searchParams.get("before_seq") ?? NO_END);
      return Response.json(readPage(channel_id, user_id, before_seq));
    },
  });
}

function prepareAccess(db: Database) {
  const session = db.prepare<{ user_id: string }, [string, string]>(
    "SELECT user_id FROM sessions WHERE token_hash = ? AND revoked_at IS NULL AND expires_at > ?",
  );
  const reader = db.prepare<{ found: number }, [string, string]>(
    `SELECT 1 AS found FROM channels c JOIN workspace_members m ON m.workspace_id = c.workspace_id AND m.user_id = +?
     WHERE c.id = +? AND c.kind = 'public' AND m.role <> 'guest'`,
  );
  return {
    userOf: (token: string) => session.get(hashToken(token), new Date().toISOString())?.user_id,
    isReader: (channel_id: string, user_id: string) => reader.get(user_id, channel_id) !== null,
  };
}

function marks(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}

function preparePage(db: Database) {
  const rows = db.prepare<Row, [string, number, number]>(
    `SELECT id, workspace_id, conversation_id AS channel_id, author_id, thread_root_id, channel_seq, route_id, body, kind,
       created_at, edited_at, deleted_at, reply_count, last_reply_at, last_reply_author_ids
     FROM messages WHERE conversation_id = ? AND channel_seq < ? ORDER BY channel_seq DESC LIMIT ?`,
  );
  // `query` keeps one prepared statement for each number of people.
  const people = (ids: string[]) =>
    db
      .query<{ id: string }, string[]>(
        `SELECT id, kind, display_name, handle, avatar_url, created_at FROM users WHERE id IN (${marks(ids.length)})`,
      )
      .all(...ids);
  const reactions = db.prepare<Of, string[]>(
    `SELECT message_id, emoji, COUNT(*) AS count, MAX(user_id = ?) AS reacted_by_me FROM reactions
     WHERE message_id IN (${marks(PAGE)}) GROUP BY message_id, emoji`,
  );
  const files = db.prepare<Of, string[]>(
    `SELECT a.message_id, u.* FROM message_attachments a JOIN uploads u ON u.id = a.upload_id
     WHERE a.message_id IN (${marks(PAGE)})`,
  );
  return (channel_id: string, user_id: string, before_seq: number) => {
    const found = rows.all(channel_id, before_seq, PAGE + 1);
    const page = found.slice(0, PAGE).reverse();
    const ids = page.map((row) => row.id);
    const authors = new Map(people([...new Set(page.map((row) => row.author_id))]).map((row) => [row.id, row]));
    const reacted = Map.groupBy(reactions.all(user_id, ...ids), (row) => row.message_id);
    const attached = Map.groupBy(files.all(...ids), (row) => row.message_id);
    for (const row of page) {
      row.author = authors.get(row.author_id);
      row.reactions = reacted.get(row.id) ?? [];
      row.attachments = attached.get(row.id) ?? [];
    }
    return { messages: page, has_older: found.length > PAGE, has_newer: before_seq !== NO_END };
  };
}

const [port = "", directory = ""] = process.argv.slice(2);
if (!Number(port) || !directory) {
  console.error("usage: bun bench/floor/pages.ts <port> <data directory>");
  process.exit(2);
}
servePages(Number(port), directory);
