import { LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { timestamp } from "../../lib/clock.ts";
import { newId } from "../../lib/ids.ts";
import * as cleanups from "./cleanup-queries.ts";
import { unattachedSince } from "./queries.ts";
import { releasePlace } from "./reserving.ts";
import { reservationsBefore } from "./reservation-queries.ts";
import type { UploadStore } from "./store.ts";
import { dropUpload } from "./uploads.ts";

interface Deps {
  db: Database;
  store: UploadStore;
}

/** Later than any time that is stored. */
const END_OF_TIME = "9999";

/**
 * Removes what nobody needs: places of uploads that never finished, files no message carries, and the
 * bytes of both. With `restarted`, every upload under way is one that ended with the process before us.
 */
export async function cleanUploads(deps: Deps, at_ms: number, options: { restarted?: boolean } = {}): Promise<void> {
  const at = timestamp(at_ms);
  await inBatches((limit) => dropReservations(deps.db, options.restarted ? END_OF_TIME : at, at, limit));
  const before = timestamp(at_ms - LIMITS.unattached_upload_ttl_ms);
  await inBatches((limit) => dropUnattached(deps.db, before, at, limit));
  await inBatches((limit) => removeDue(deps, at_ms, limit));
}

/** Small transactions, so that sending never waits for a clean-up. */
async function inBatches(step: (limit: number) => Promise<number>): Promise<void> {
  const limit = LIMITS.upload_cleanup_batch;
  while ((await step(limit)) === limit);
}

async function dropReservations(db: Database, expired: string, at: string, limit: number): Promise<number> {
  return db.write(async (tx) => {
    const found = await reservationsBefore(tx, expired, limit);
    for (const one of found) await releasePlace(tx, one, at);
    return found.length;
  });
}

async function dropUnattached(db: Database, before: string, at: string, limit: number): Promise<number> {
  return db.write(async (tx) => {
    const found = await unattachedSince(tx, before, limit);
    for (const one of found) await dropUpload(tx, one, at);
    return found.length;
  });
}

async function removeDue({ db, store }: Deps, at_ms: number, limit: number): Promise<number> {
  const due = await db.read((tx) => cleanups.dueCleanups(tx, timestamp(at_ms), limit));
  for (const one of due) {
    await removeFile({ db, store }, one.storage_path).catch(async (error: unknown) => {
      const delay_ms = Math.min(
        LIMITS.upload_cleanup_backoff_ms,
        LIMITS.upload_cleanup_interval_ms * 2 ** one.attempts,
      );
      const reason = error instanceof Error ? error.message : String(error);
      await db.write((tx) =>
        cleanups.postponeCleanup(tx, one.id, reason, timestamp(at_ms), timestamp(at_ms + delay_ms)),
      );
    });
  }
  return due.length;
}

/** The bytes first and the note after them: interrupted in between, it is only done twice. */
export async function removeFile({ db, store }: Deps, storage_path: string): Promise<void> {
  await store.remove(storage_path);
  await db.write((tx) => cleanups.deleteCleanup(tx, storage_path));
}

/** Files of other features in the same store, such as pictures of people; they belong to no workspace. */
export const looseFiles = {
  /** Notes a file for removal at a moment. */
  async discard(tx: Tx, storage_path: string, { at, due }: { at: string; due: string }): Promise<void> {
    await cleanups.insertCleanup(tx, { id: newId("upload_cleanup"), workspace_id: "", storage_path }, at, due);
  },
  /** Takes the note back; `false` when the file has gone already. */
  spare: (tx: Tx, storage_path: string): Promise<boolean> => cleanups.deleteCleanup(tx, storage_path),
};
