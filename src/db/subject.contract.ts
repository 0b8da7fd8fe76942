import type { Database, Tx } from "./database.ts";

/** What the suite expects to find in the database that an engine opens for it. */
export const CONTRACT_SCHEMA = "CREATE TABLE items (id TEXT PRIMARY KEY, body TEXT NOT NULL)";

export interface ContractOptions {
  max_write_queue?: number;
  max_read_queue?: number;
  max_batch?: number;
  readers?: number;
  busy_timeout_ms?: number;
}

/** A database with the schema above, and the two accidents that only its engine can stage. */
export interface ContractSubject {
  db: Database;
  /** Another program takes the right to write, until the returned function is called. */
  occupy(): () => void;
  /** Nothing new fits on the disk, until the returned function is called. */
  fillDisk(): () => void;
  dispose(): Promise<void>;
}

export function insert(tx: Tx, id: string, body = ""): Promise<{ changes: number }> {
  return tx.run("INSERT INTO items (id, body) VALUES (?, ?)", id, body);
}

export function put(db: Database, id: string, body = ""): Promise<string> {
  return db.write(async (tx) => {
    await insert(tx, id, body);
    tx.notify(id);
    return id;
  });
}

export async function ids(db: Pick<Database, "read">): Promise<string> {
  const rows = await db.read((tx) => tx.all<{ id: string }>("SELECT id FROM items ORDER BY id"));
  return rows.map((row) => row.id).join(" ");
}

/** The outcomes in order: a value as it is, an error as its code or message. */
export async function outcomes(writes: Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(writes);
  return settled.map((one) => (one.status === "fulfilled" ? one.value : (one.reason.code ?? one.reason.message)));
}
