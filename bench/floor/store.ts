/**
 * The floor's database: only the tables and indexes that an honest chat send cannot do without,
 * with the same durability settings as the product.
 */
import { Database } from "bun:sqlite";

export interface FloorSeed {
  workspace_id: string;
  channel_ids: readonly string[];
  /** One user for each token; all of them are members of the workspace. */
  tokens: readonly string[];
}

const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -65536;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA journal_size_limit = 67108864;
  PRAGMA busy_timeout = 5000;`;

const SCHEMA = `
  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, expires_at INTEGER NOT NULL
  );
  CREATE TABLE members (
    workspace_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (workspace_id, user_id)
  ) WITHOUT ROWID;
  CREATE TABLE channels (
    id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL, last_seq INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE messages (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workspace_id TEXT NOT NULL, channel_id TEXT NOT NULL,
    author_id TEXT NOT NULL, channel_seq INTEGER NOT NULL, nonce TEXT, body TEXT NOT NULL, created_at INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX messages_by_channel ON messages (channel_id, channel_seq);
  CREATE TABLE events (
    cursor INTEGER PRIMARY KEY, id TEXT NOT NULL, workspace_id TEXT NOT NULL, channel_id TEXT,
    type TEXT NOT NULL, payload TEXT NOT NULL, created_at INTEGER NOT NULL
  );
  CREATE INDEX events_by_workspace ON events (workspace_id, cursor);
  CREATE VIRTUAL TABLE message_text USING fts5 (
    body, content = 'messages', content_rowid = 'row', tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TRIGGER messages_indexed AFTER INSERT ON messages BEGIN
    INSERT INTO message_text (rowid, body) VALUES (new.row, new.body);
  END;`;

export interface MissedEvent {
  cursor: number;
  id: string;
  channel_id: string;
  payload: string;
  created_at: number;
}

export function openStore(path: string): Database {
  const db = new Database(path, { create: true });
  db.run(PRAGMAS);
  const made = db.query("SELECT 1 FROM sqlite_master WHERE name = 'messages'").get();
  if (!made) db.run(SCHEMA);
  return db;
}

export function seedStore(path: string, seed: FloorSeed): void {
  const db = openStore(path);
  const never = 4_000_000_000_000;
  const addSession = db.prepare("INSERT INTO sessions VALUES (?, ?, ?)");
  const addMember = db.prepare("INSERT INTO members VALUES (?, ?)");
  const addChannel = db.prepare("INSERT INTO channels VALUES (?, ?, 0)");
  db.transaction(() => {
    for (const [index, token] of seed.tokens.entries()) {
      const user_id = `usr_${String(index).padStart(26, "0")}`;
      addSession.run(hashToken(token), user_id, never);
      addMember.run(seed.workspace_id, user_id);
    }
    for (const id of seed.channel_ids) addChannel.run(id, seed.workspace_id);
  })();
  db.close();
}

export function hashToken(token: string): string {
  return new Bun.CryptoHasher("sha256").update(token).digest("hex");
}

/** Who may do what: the look-ups that every send and every socket pays. */
export function prepareAccess(db: Database) {
  const session = db.prepare<{ user_id: string }, [string, number]>(
    "SELECT user_id FROM sessions WHERE hash = ? AND expires_at > ?",
  );
  const channel = db.prepare<{ workspace_id: string }, [string, string]>(
    `SELECT c.workspace_id FROM channels c JOIN members m ON m.workspace_id = c.workspace_id
     WHERE c.id = ? AND m.user_id = ?`,
  );
  const member = db.prepare<{ found: number }, [string, string]>(
    "SELECT 1 AS found FROM members WHERE workspace_id = ? AND user_id = ?",
  );
  const missed = db.prepare<MissedEvent, [string, number]>(
    "SELECT cursor, id, channel_id, payload, created_at FROM events WHERE workspace_id = ? AND cursor > ? ORDER BY cursor",
  );
  return {
    eventsAfter: (workspace_id: string, cursor: number) => missed.all(workspace_id, cursor),
    userOf: (token: string) => session.get(hashToken(token), Date.now())?.user_id,
    workspaceOf: (channel_id: string, user_id: string) => channel.get(channel_id, user_id)?.workspace_id,
    isMember: (workspace_id: string, user_id: string) => member.get(workspace_id, user_id) !== null,
  };
}
