import { LIMITS, type User } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { invalid } from "../../lib/errors.ts";
import { isEmpty, parseSearch, type SearchQuery, type Term } from "../../lib/search-query.ts";
import { createSnippets, type Snippet } from "../../lib/snippet.ts";
import { codePoints, requireText } from "../../lib/text.ts";
import { nextTurn } from "../../lib/turn.ts";
import { questionKey, readPosition, writePosition } from "./cursor.ts";
import { findHits, type Found } from "./hits.ts";
import { findOthers, type Other, type Others } from "./others.ts";
import type { Where } from "./places.ts";
import { findsNothing, planSearch } from "./plan.ts";
import type { FoundMessage } from "./queries.ts";
import { stillReadable } from "./readable.ts";

export interface SearchInput extends Where {
  q: string;
  sort: "relevance" | "newest";
  limit?: string | undefined;
  cursor?: string | undefined;
  /** What else to look for; on the first page only. */
  include: readonly Other[];
}

export interface SearchResult extends Snippet {
  id: string;
  workspace_id: string;
  channel_id?: string;
  channel_name?: string;
  direct_conversation_id?: string;
  author: User;
  parent_message_id?: string;
  thread_root_id: string;
  channel_seq?: number;
  thread_seq?: number;
  created_at: string;
  edited_at?: string;
  reply_count: number;
  last_reply_at?: string;
}

export interface SearchPage extends Others {
  results: SearchResult[];
  next_cursor: string | null;
}

/** Finds messages the actor may read. A search that asks for nothing finds nothing. */
export async function search(db: Database, actor: Actor, input: SearchInput): Promise<SearchPage> {
  const text = requireQuery(input.q);
  const limit = pageLimit(input.limit);
  const query = parseSearch(text, actor.at_ms);
  const { workspace_id, channel_id, direct_conversation_id, dms, sort } = input;
  const key = questionKey([actor.user.id, workspace_id, channel_id, direct_conversation_id, dms, sort, text]);
  const from = input.cursor === undefined ? undefined : readPosition(key, sort, input.cursor);
  const plan = await db.read((tx) => planSearch(tx, actor, input, query));
  const nothing = isEmpty(query) || findsNothing(plan);
  const found: Found = nothing ? NOTHING : await findHits(db, plan, { sort, from, limit });
  const messages = await db.read((tx) => stillReadable(tx, actor, workspace_id, found.doc_ids));
  const results = await showAll(messages, termsShown(query, found.prefix));
  const others = from || input.include.length === 0 ? {} : await findOthers(db, actor, input, query);
  return { results, next_cursor: found.next ? writePosition(key, found.next) : null, ...others };
}

const NOTHING: Found = { doc_ids: [], prefix: false, next: undefined };

function requireQuery(q: string): string {
  if (codePoints(q) > LIMITS.search_query_chars) {
    throw invalid("q", `q must be at most ${LIMITS.search_query_chars} characters`);
  }
  return requireText("q", q);
}

function pageLimit(text: string | undefined): number {
  if (text === undefined) return LIMITS.search_page_default;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit <= 0) throw invalid("limit", "limit must be at least 1");
  return Math.min(limit, LIMITS.search_page_max);
}

/** The last word as it was searched: whole, or as the beginning of one. */
function termsShown(query: SearchQuery, prefix: boolean): Term[] {
  return prefix ? query.terms : query.terms.map((term) => ({ ...term, prefix: false }));
}

/** Text read between two turns of the event loop; a page may hold megabytes of it. */
const CHARS_PER_TURN = 128 * 1024;

async function showAll(messages: FoundMessage[], terms: Term[]): Promise<SearchResult[]> {
  const results: SearchResult[] = [];
  const snippetOf = createSnippets(terms);
  let read = 0;
  for (const message of messages) {
    results.push({ ...show(message), ...snippetOf(message.body) });
    read += message.body.length;
    if (read < CHARS_PER_TURN) continue;
    await nextTurn();
    read = 0;
  }
  return results;
}

function show(message: FoundMessage): Omit<SearchResult, keyof Snippet> {
  const { conversation_id, channel } = message;
  return {
    id: message.id,
    workspace_id: message.workspace_id,
    ...(channel
      ? { channel_id: conversation_id, channel_name: channel.name }
      : { direct_conversation_id: conversation_id }),
    author: message.author,
    ...(message.parent_message_id !== null && { parent_message_id: message.parent_message_id }),
    thread_root_id: message.thread_root_id,
    ...(message.channel_seq !== null && { channel_seq: message.channel_seq }),
    ...(message.thread_seq !== null && { thread_seq: message.thread_seq }),
    created_at: message.created_at,
    ...(message.edited_at !== null && { edited_at: message.edited_at }),
    reply_count: message.reply_count,
    ...(message.last_reply_at !== null && { last_reply_at: message.last_reply_at }),
  };
}
