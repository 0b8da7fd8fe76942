import type { Tx } from "../../db/database.ts";

/** A file that has to go. */
export interface Cleanup {
  id: string;
  workspace_id: string;
  storage_path: string;
  attempts: number;
}

/** A path that waits already keeps its place. It is due at once, unless a moment is given. */
export async function insertCleanup(tx: Tx, one: Omit<Cleanup, "attempts">, at: string, due = at): Promise<void> {
  await tx.run(
    `INSERT INTO pending_upload_cleanups (id, workspace_id, storage_path, created_at, updated_at, retry_at)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (storage_path) DO NOTHING`,
    one.id,
    one.workspace_id,
    one.storage_path,
    at,
    at,
    due,
  );
}

export async function dueCleanups(tx: Tx, at: string, limit: number): Promise<Cleanup[]> {
  return tx.all<Cleanup>(
    `SELECT id, workspace_id, storage_path, attempts FROM pending_upload_cleanups WHERE retry_at <= ?
     ORDER BY retry_at LIMIT ?`,
    at,
    limit,
  );
}

/** Answers whether the path waited. */
export async function deleteCleanup(tx: Tx, storage_path: string): Promise<boolean> {
  const { changes } = await tx.run("DELETE FROM pending_upload_cleanups WHERE storage_path = ?", storage_path);
  return changes > 0;
}

export async function postponeCleanup(tx: Tx, id: string, error: string, at: string, retry_at: string): Promise<void> {
  await tx.run(
    "UPDATE pending_upload_cleanups SET attempts = attempts + 1, last_error = ?, updated_at = ?, retry_at = ? WHERE id = ?",
    error,
    at,
    retry_at,
    id,
  );
}
