/**
 * Reads a stopped or killed server's database directly: every acknowledged send must be in
 * messages, events and search once, and sequences must have neither gap nor repeat.
 */
import { Database } from "bun:sqlite";
import { MARKER } from "../load/bodies.ts";
import type { StoredQueries } from "./target.ts";

export interface AuditInput {
  acknowledged: readonly string[];
  /** Sends that may have been stored without their answer having arrived. */
  outstanding: number;
}

/** Throws with the first thing that is wrong; answers how many messages were stored. */
export function auditStored(stored: StoredQueries, { acknowledged, outstanding }: AuditInput): number {
  const db = new Database(stored.database_path, { readwrite: true });
  try {
    const messages = countIds(db, stored.messages);
    const copies = { messages, events: countIds(db, stored.events), search: countIds(db, stored.search, MARKER) };
    if (new Set(acknowledged).size !== acknowledged.length) throw new Error("audit: one id was acknowledged twice");
    for (const [place, counts] of Object.entries(copies)) {
      for (const id of acknowledged) {
        const count = counts.get(id) ?? 0;
        if (count !== 1) throw new Error(`audit: acknowledged ${id} is in ${place} ${count} times`);
      }
      if (counts.size !== messages.size) {
        throw new Error(`audit: ${counts.size} messages in ${place}, ${messages.size} in messages`);
      }
    }
    const unacknowledged = messages.size - acknowledged.length;
    if (unacknowledged > outstanding) {
      throw new Error(`audit: ${unacknowledged} messages nobody waits for, at most ${outstanding} were in flight`);
    }
    requireSequences(db, stored.sequences);
    return messages.size;
  } finally {
    db.close();
  }
}

function countIds(db: Database, sql: string, ...params: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id } of db.query<{ id: string }, string[]>(sql).iterate(...params)) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

function requireSequences(db: Database, sql: string): void {
  let channel_id = "";
  let last = 0;
  for (const row of db.query<{ channel_id: string; seq: number }, []>(sql).iterate()) {
    if (row.channel_id !== channel_id) last = 0;
    if (row.seq !== last + 1) throw new Error(`audit: sequence ${row.seq} follows ${last} in ${row.channel_id}`);
    channel_id = row.channel_id;
    last = row.seq;
  }
}
