/** The messages of the million-message database, with everything that hangs on them. */
import type { Database, Statement } from "bun:sqlite";
import { scopeWords } from "../../src/lib/search-scope.ts";
import { segmentText } from "../../src/lib/segment.ts";
import { createChatter, type Chatter } from "../load/chatter.ts";
import type { MillionPlaces } from "./million-places.ts";
import { seedId } from "./seed.ts";

const SMALL_MESSAGES = 500;
const SPAN_MS = 2 * 365 * 24 * 3600 * 1000;
const ENDS_AT_MS = Date.parse("2026-11-01T00:00:00.000Z");
/** Events are pruned after a month, so only the newest messages have theirs. */
const EVENTS = 20_000;
const REPLY_SHARE = 0.05;
const REACTION_SHARE = 0.1;
const RECENT_ROOTS = 64;
const PER_TRANSACTION = 50_000;
const CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz";
const EMOJI = ["👍", "🎉", "❤️", "🚀"];

interface Place {
  workspace_id: string;
  kind: "public" | "private" | "dm";
  id: string;
  user_ids: readonly string[];
  seq: number;
  recent: Root[];
}

interface Root {
  id: string;
  author_id: string;
  thread_seq: number;
}

export function fillMessages(db: Database, places: MillionPlaces, messages: number): void {
  const chatter = createChatter(1);
  const big = bigPlaces(places);
  const { workspace_id, channel_id, user_ids } = places.small;
  const small: Place = { workspace_id, kind: "public", id: channel_id, user_ids, seq: 0, recent: [] };
  const small_every = Math.floor(messages / Math.min(SMALL_MESSAGES, messages));
  const write = preparedWriter(db, chatter, messages);
  for (let start = 0; start < messages; start += PER_TRANSACTION) {
    db.transaction(() => {
      for (let index = start; index < Math.min(messages, start + PER_TRANSACTION); index++) {
        write(index, index % small_every === small_every - 1 ? small : choosePlace(big, chatter));
      }
    })();
  }
  db.transaction(() => finish(db, [...big, small]))();
}

function bigPlaces(places: MillionPlaces): Place[] {
  const { workspace_id, user_ids } = places;
  const hidden = new Set(places.private_channel_ids);
  const channels = places.channel_ids.map((id): Place => {
    const own = hidden.has(id) ? user_ids.filter((_, index) => index % 2 === 0) : user_ids;
    const kind = hidden.has(id) ? "private" : "public";
    return { workspace_id, kind, id, user_ids: own, seq: 0, recent: [] };
  });
  const dms = places.dm_ids.map((id, index): Place => ({
    workspace_id,
    kind: "dm",
    id,
    user_ids: [user_ids[0] ?? "", user_ids[index + 1] ?? ""],
    seq: 0,

    recent: [],
  }));
  return [...channels, ...dms];
}

/** Half of everything is said in the few busiest channels, and a fiftieth in direct conversations. */
function choosePlace(places: readonly Place[], { random }: Chatter): Place {
  const channels = places.filter((one) => one.kind !== "dm").length;
  const dm = random() < 0.02 && places.length > channels;
  const index = dm
    ? channels + Math.floor(random() * (places.length - channels))
    : Math.floor(Math.exp(random() * Math.log(channels + 1))) - 1;
  const place = places[index] ?? places[0];
  if (!place) throw new Error("a database needs a channel");
  return place;
}

type WriteMessage = (index: number, place: Place) => void;

function preparedWriter(db: Database, chatter: Chatter, messages: number): WriteMessage {
  const { random } = chatter;
  const addMessage = db.prepare(
    `INSERT INTO messages (doc_id, id, workspace_id, conversation_id, author_id, parent_message_id, thread_root_id,
       channel_seq, thread_seq, body, created_at, posted_no) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addWords = db.prepare("INSERT INTO message_search (rowid, body, scope) VALUES (?, ?, ?)");
  const addReaction = db.prepare(
    "INSERT INTO reactions (message_id, emoji, user_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const countReply = db.prepare(
    `UPDATE messages SET reply_count = ?, last_thread_seq = ?, last_reply_at = ?, last_reply_author_ids = ? WHERE id = ?`,
  );
  const addEvent = prepareEvents(db);
  return (index, place) => {
    const at_ms = ENDS_AT_MS - SPAN_MS + Math.floor((index / messages) * SPAN_MS);
    const created_at = new Date(at_ms).toISOString();
    const id = ulidAt("msg", at_ms, index);
    const author_id = place.user_ids[Math.floor(random() * place.user_ids.length)] ?? "";
    const body = chatter.body();
    const root = random() < REPLY_SHARE ? place.recent[Math.floor(random() * place.recent.length)] : undefined;
    const seq = root ? ++root.thread_seq : ++place.seq;
    addMessage.run(
      index + 1,
      id,
      place.workspace_id,
      place.id,
      author_id,
      root?.id ?? null,
      root?.id ?? id,
      root ? null : seq,
      root ? seq : null,
      body,
      created_at,
      root ? 0 : seq,
    );
    const words = scopeWords({ ...place, conversation_id: place.id, author_id });
    addWords.run(index + 1, segmentText(body), words);
    if (root) countReply.run(seq, seq, created_at, JSON.stringify([author_id]), root.id);
    else remember(place, { id, author_id, thread_seq: 0 });
    if (random() < REACTION_SHARE) react(addReaction, place, random, id, created_at);
    if (index >= messages - EVENTS) addEvent({ id, place, author_id, seq, root, created_at, at_ms, index });
  };
}

function remember(place: Place, root: Root): void {
  place.recent.push(root);
  if (place.recent.length > RECENT_ROOTS) place.recent.shift();
}

function react(add: Statement, place: Place, random: () => number, id: string, created_at: string): void {
  const emoji = EMOJI[Math.floor(random() * EMOJI.length)] ?? "👍";
  const count = 1 + Math.floor(random() * 3);
  for (let n = 0; n < count; n++) {
    add.run(id, emoji, place.user_ids[Math.floor(random() * place.user_ids.length)] ?? "", created_at);
  }
}

interface Happened {
  id: string;
  place: Place;
  author_id: string;
  seq: number;
  root: Root | undefined;
  created_at: string;
  at_ms: number;
  index: number;
}

function prepareEvents(db: Database): (happened: Happened) => void {
  const add = db.prepare(
    `INSERT INTO events (workspace_id, cursor, id, topic, type, channel_id, seq, payload, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return ({ id, place, author_id, seq, root, created_at, at_ms, index }) => {
    const topic =
      place.kind === "public"
        ? `wsp:${place.workspace_id}:messages`
        : `${place.kind === "dm" ? "dm" : "chn"}:${place.id}`;
    const payload = { message_id: id, author_id, ...(root && { root_message_id: root.id }) };
    add.run(
      place.workspace_id,
      ulidAt("cur", at_ms, index),
      ulidAt("evt", at_ms, index),
      topic,
      root ? "thread.reply_created" : "message.created",
      place.kind === "dm" ? null : place.id,
      seq,
      JSON.stringify({ ...payload, ...(place.kind === "dm" && { direct_conversation_id: place.id }) }),
      created_at,
    );
  };
}

function finish(db: Database, places: readonly Place[]): void {
  for (const { kind, id, seq } of places) {
    const table = kind === "dm" ? "direct_conversations" : "channels";
    db.run(`UPDATE ${table} SET last_seq = ?, posted_total = ?, message_total = ? WHERE id = ?`, [seq, seq, seq, id]);
  }
  db.run(
    "UPDATE workspaces SET last_cursor = (SELECT MAX(cursor) FROM events WHERE events.workspace_id = workspaces.id)",
  );
}

/** An id of a moment: sorts by time and, within a millisecond, by number. */
function ulidAt(prefix: string, at_ms: number, index: number): string {
  let time = "";
  for (let rest = at_ms, n = 0; n < 10; n++, rest = Math.floor(rest / 32)) time = CROCKFORD.charAt(rest % 32) + time;
  return seedId(prefix, index).replace(/_0{10}/, `_${time}`);
}
