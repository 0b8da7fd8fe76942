import type { Database, Value } from "../../db/database.ts";
import type { Term } from "../../lib/search-query.ts";
import { fileWord } from "../../lib/search-scope.ts";

/** What the full-text index is asked for. */
export interface IndexQuery {
  /** Words of the scope column: of each group one has to be there. */
  groups: string[][];
  /** Words of the scope column that must not be there. */
  without: string[];
  /** With the word that every web address begins with; whether it is one, the filter sees. */
  link: boolean;
  /** Words of the names of attached files. */
  files?: Term[];
  terms: Term[];
  excluded: Term[];
}

/** What the index cannot answer, and which hits to look at. */
export interface HitFilter {
  workspace_id: string;
  /** What the actor may read: all public channels, and these. */
  all_public: boolean;
  conversation_ids: readonly string[];
  /** The text's numbers: from `above` to before `below`. */
  above: number;
  below: number;
  /** Only these, if given; at most a few thousand. */
  doc_ids?: readonly number[] | undefined;
  since?: string | undefined;
  until?: string | undefined;
  link?: boolean | undefined;
  thread?: boolean | undefined;
  pinned?: boolean | undefined;
  /** Not what this person saved. */
  not_saved_by?: string | undefined;
}

/** A full-text row, newest first. `body` begins the text of one that passes the filter. */
export interface HitRow {
  doc_id: number;
  body: string | null;
}

/** Text that ranking looks at; a longer message is ranked by its beginning. */
const RANKED_CHARS = 1000;

/**
 * The newest rows of the index that match, at most `limit`, whether or not they pass the filter: so the
 * work is bounded, and the caller knows where it ended. It never sorts, because the index is read
 * backwards, and it runs off the thread that serves.
 */
export function newestHits(db: Database, query: IndexQuery, filter: HitFilter, limit: number): Promise<HitRow[]> {
  const tests = ["m.doc_id = h.doc_id", "m.workspace_id = ?", "m.kind = 'message'", "m.deleted_at IS NULL"];
  const params: Value[] = [filter.workspace_id, filter.workspace_id, JSON.stringify(filter.conversation_ids)];
  tests.push(filter.all_public ? `(${PUBLIC} OR ${NAMED})` : NAMED);
  if (!filter.all_public) params.shift();
  if (filter.since !== undefined) params.push(filter.since);
  if (filter.since !== undefined) tests.push("m.created_at >= ?");
  if (filter.until !== undefined) params.push(filter.until);
  if (filter.until !== undefined) tests.push("m.created_at < ?");
  if (filter.link !== undefined) tests.push(filter.link ? LINK : `NOT ${LINK}`);
  if (filter.thread !== undefined) tests.push(filter.thread ? THREAD : `NOT ${THREAD}`);
  if (filter.pinned === false) tests.push(NOT_PINNED);
  if (filter.not_saved_by !== undefined) params.push(filter.not_saved_by);
  if (filter.not_saved_by !== undefined) tests.push(NOT_SAVED);
  const only =
    filter.doc_ids === undefined
      ? "message_search s WHERE"
      : "json_each(?) j CROSS JOIN message_search s WHERE s.rowid = j.value AND";
  return db.query<HitRow>(
    `SELECT h.doc_id, substr(m.body, 1, ${RANKED_CHARS}) AS body FROM (
       SELECT s.rowid AS doc_id FROM ${only} s.message_search MATCH ? AND s.rowid < ? AND s.rowid >= ?
       ORDER BY s.rowid DESC LIMIT ?) AS h
     LEFT JOIN messages m ON ${tests.join(" AND ")} ORDER BY h.doc_id DESC`,
    ...(filter.doc_ids === undefined ? [] : [JSON.stringify(filter.doc_ids)]),
    matchExpression(query),
    filter.below,
    filter.above,
    limit,
    ...params,
  );
}

// Each list is made once for the whole query, not once for each row.
const PUBLIC = "m.conversation_id IN (SELECT id FROM channels WHERE workspace_id = ? AND kind = 'public')";
const NAMED = "m.conversation_id IN (SELECT value FROM json_each(?))";
const LINK = "(m.body LIKE '%http://%' OR m.body LIKE '%https://%')";
const THREAD = "(m.parent_message_id IS NOT NULL OR m.reply_count > 0)";
const NOT_PINNED =
  "NOT EXISTS (SELECT 1 FROM pinned_messages p WHERE p.channel_id = m.conversation_id AND p.message_id = m.id)";
const NOT_SAVED = "m.id NOT IN (SELECT v.message_id FROM saved_messages v WHERE v.user_id = ?)";

/**
 * The index's own language. Nothing of what somebody typed gets into it but letters and digits, and those
 * between quotes, so no input is a syntax error and none reaches another column.
 */
export function matchExpression({ groups, without, link, files = [], terms, excluded }: IndexQuery): string {
  const wanted = groups.map((words) => `(scope : (${words.map(quote).join(" OR ")}))`);
  if (terms.length > 0) wanted.push(`(body : (${terms.map(phrase).join(" AND ")}))`);
  if (files.length > 0) wanted.push(`(scope : (${files.map(fileName).join(" AND ")}))`);
  if (link) wanted.push('(body : ("http" OR "https"))');
  const unwanted = [
    ...(without.length > 0 ? [`(scope : (${without.map(quote).join(" OR ")}))`] : []),
    ...(excluded.length > 0 ? [`(body : (${excluded.map(phrase).join(" OR ")}))`] : []),
  ];
  return `(${wanted.join(" AND ")})${unwanted.length > 0 ? ` NOT (${unwanted.join(" OR ")})` : ""}`;
}

function phrase({ words, prefix }: Pick<Term, "words" | "prefix">): string {
  return quote(words.join(" ")) + (prefix ? " *" : "");
}

function fileName({ words, prefix }: Term): string {
  return phrase({ words: words.map(fileWord), prefix });
}

function quote(text: string): string {
  return `"${text.replaceAll('"', "")}"`;
}
