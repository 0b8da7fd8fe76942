/**
 * Two channels of a million root messages each: in one they stand alone, in the other each has an
 * answered thread, half have reactions and a quarter a file. What S5 reads its pages from.
 */
import { Database } from "bun:sqlite";
import { createChatter } from "../load/chatter.ts";
import { keepDirectory } from "./kept.ts";
import { makePlaces, type MillionPlaces } from "./million-places.ts";
import { insert, SEEDED_AT, seedId } from "./seed.ts";

export interface History extends MillionPlaces {
  directory: string;
  messages: number;
}

export interface HistorySize {
  messages: number;
  members: number;
}

export const HISTORY: HistorySize = { messages: 1_000_000, members: 200 };

/** The first of the two channels holds bare messages, the second dressed ones. */
export const LOOKS = ["bare", "dressed"] as const;
export type Look = (typeof LOOKS)[number];

/** Goes up whenever this file writes something else. */
const VERSION = 3;
const BODIES = 4096;
const TALKING = 12;
const PER_TRANSACTION = 100_000;
const EMOJI = ["👍", "🎉"];

/** Pages are only read, so every run may serve the same directory. */
export async function keepHistory(size: HistorySize = HISTORY): Promise<History> {
  const { directory, places } = await keepDirectory("history", [VERSION, size], (path) => fill(path, size));
  return { ...places, directory, messages: size.messages };
}

function fill(path: string, { messages, members }: HistorySize): MillionPlaces {
  const db = new Database(path, { readwrite: true });
  // A file that is thrown away after a crash need not survive one.
  db.run("PRAGMA synchronous = OFF");
  db.run("PRAGMA cache_size = -262144");
  const places = makePlaces(db, { members, channels: LOOKS.length });
  const bodies = createBodies();
  for (const [number, look] of LOOKS.entries()) {
    const channel_id = places.channel_ids[number] ?? "";
    const write = look === "bare" ? prepareBare(db, places) : prepareDressed(db, places);
    for (let start = 0; start < messages; start += PER_TRANSACTION) {
      db.transaction(() => {
        for (let seq = start + 1; seq <= Math.min(messages, start + PER_TRANSACTION); seq++) {
          const author_id = places.user_ids[authorOf(seq, members)] ?? "";
          const body = bodies[seq % bodies.length] ?? "";
          write({ id: seedId("msg", number * messages + seq), channel_id, author_id, seq, body });
        }
      })();
    }
    db.run("UPDATE channels SET last_seq = ?, posted_total = ?, message_total = ? WHERE id = ?", [
      messages,
      messages,
      messages,
      channel_id,
    ]);
  }
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  return places;
}

/** In any stretch of a channel a dozen people talk. */
function authorOf(seq: number, members: number): number {
  return (Math.floor(seq / 200) * TALKING + ((seq * 7) % TALKING)) % members;
}

function createBodies(): string[] {
  const chatter = createChatter(1);
  return Array.from({ length: BODIES }, chatter.body);
}

interface Written {
  id: string;
  channel_id: string;
  author_id: string;
  seq: number;
  body: string;
}

type Write = (message: Written) => void;

function prepareBare(db: Database, { workspace_id }: MillionPlaces): Write {
  const add = db.prepare(
    `INSERT INTO messages (id, workspace_id, conversation_id, author_id, thread_root_id, channel_seq, posted_no, body,
       created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return ({ id, channel_id, author_id, seq, body }) => {
    add.run(id, workspace_id, channel_id, author_id, id, seq, seq, body, SEEDED_AT);
  };
}

function prepareDressed(db: Database, places: MillionPlaces): Write {
  const { user_ids, workspace_id } = places;
  const bare = prepareBare(db, places);
  const answer = db.prepare(
    `UPDATE messages SET reply_count = 3, last_thread_seq = 3, last_reply_at = ?, last_reply_author_ids = ? WHERE id = ?`,
  );
  const react = db.prepare("INSERT INTO reactions (message_id, emoji, user_id, created_at) VALUES (?, ?, ?, ?)");
  const attach = db.prepare("INSERT INTO message_attachments (message_id, upload_id, position) VALUES (?, ?, 0)");
  const person = (number: number) => user_ids[number % user_ids.length] ?? "";
  return (message) => {
    const { id, author_id, seq } = message;
    bare(message);
    answer.run(SEEDED_AT, JSON.stringify([person(seq), person(seq + 1), person(seq + 2)]), id);
    if (seq % 2 === 0) {
      for (const [number, emoji] of EMOJI.entries()) {
        for (let n = 0; n <= 1 - number; n++) react.run(id, emoji, person(seq + n), SEEDED_AT);
      }
    }
    if (seq % 4 !== 0) return;
    const upload_id = seedId("upl", seq);
    insert(db, "uploads", {
      id: upload_id,
      workspace_id,
      owner_id: author_id,
      filename: `picture-${seq}.png`,
      content_type: "image/png",
      byte_size: 12_345,
      storage_path: `${upload_id}.png`,
      width: 640,
      height: 480,
      created_at: SEEDED_AT,
    });
    attach.run(id, upload_id);
  };
}
