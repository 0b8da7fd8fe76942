import { type Channel, LIMITS, type Upload, type User } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, canUseScope } from "../../lib/actor.ts";
import type { SearchQuery, Term } from "../../lib/search-query.ts";
import { HAS_FILE } from "../../lib/search-scope.ts";
import { indexWords } from "../../lib/segment.ts";
import { readableConversations } from "../conversations/conversations.ts";
import type { Where } from "./places.ts";
import { findsNothing, type Plan, planSearch, withRights } from "./plan.ts";
import * as queries from "./queries.ts";
import { stillReadable } from "./readable.ts";
import { newestHits } from "./sqlite.ts";

/** What can be found beside messages. */
export const OTHERS = ["people", "channels", "files"] as const;
export type Other = (typeof OTHERS)[number];

/** A file, and the message that carries it. */
export interface FoundFile {
  upload: Upload;
  message_id: string;
  channel_id?: string;
  direct_conversation_id?: string;
}

/** Each by its name, and only when it was asked for. */
export interface Others {
  people?: User[];
  channels?: Channel[];
  files?: FoundFile[];
}

/** People of one workspace that are looked through. */
const PEOPLE = 10_000;

/** By the words typed, each the beginning of a word of the name; operators narrow down files only. */
export async function findOthers(
  db: Database,
  actor: Actor,
  input: Where & { include: readonly Other[] },
  query: SearchQuery,
): Promise<Others> {
  const wants = (other: Other) => input.include.includes(other);
  const words = query.terms.flatMap((term) => term.words);
  const named = await db.read(async (tx) => ({
    ...(wants("people") && { people: await people(tx, actor, input.workspace_id, words) }),
    ...(wants("channels") && { channels: await channels(tx, actor, input.workspace_id, words) }),
  }));
  return { ...named, ...(wants("files") && { files: await files(db, actor, input, query) }) };
}

function isCalled(words: readonly string[], ...names: string[]): boolean {
  const own = indexWords(names.join(" "));
  return words.length > 0 && words.every((word) => own.some((one) => one.startsWith(word)));
}

async function people(tx: Tx, actor: Actor, workspace_id: string, words: string[]): Promise<User[]> {
  if (words.length === 0 || !canUseScope(actor, "workspaces:read")) return [];
  const names = await queries.peopleOf(tx, workspace_id, PEOPLE);
  const found = names.filter((one) => isCalled(words, one.display_name, one.handle)).slice(0, LIMITS.search_others);
  return queries.usersFound(
    tx,
    found.map((one) => one.id),
  );
}

async function channels(tx: Tx, actor: Actor, workspace_id: string, words: string[]): Promise<Channel[]> {
  if (words.length === 0 || !canUseScope(actor, "channels:read")) return [];
  const readable = await readableConversations(tx, actor, workspace_id);
  const found = (await queries.channelNamesOf(tx, workspace_id))
    .filter((one) => (one.kind === "public" && readable.all_public) || readable.channel_ids.includes(one.id))
    .filter((one) => isCalled(words, one.name, one.display_title, one.purpose))
    .slice(0, LIMITS.search_others);
  return queries.channelsFound(
    tx,
    found.map((one) => one.id),
  );
}

async function files(db: Database, actor: Actor, where: Where, query: SearchQuery): Promise<FoundFile[]> {
  if (query.terms.length === 0) return [];
  const plan = await db.read((tx) => planSearch(tx, actor, where, query));
  if (findsNothing(plan)) return [];
  const hits = await newestHits(db, ofFiles(plan), plan.filter, LIMITS.search_page_max);
  const doc_ids = hits.flatMap((hit) => (hit.body === null ? [] : [hit.doc_id]));
  return db.read(async (tx) => {
    const messages = await stillReadable(tx, actor, where.workspace_id, doc_ids);
    const attached = await queries.filesOf(
      tx,
      messages.map((one) => one.id),
    );
    const found = messages.flatMap(({ id, conversation_id, channel }) => {
      const place = channel ? { channel_id: conversation_id } : { direct_conversation_id: conversation_id };
      const own = (attached.get(id) ?? []).filter((upload) => holds(query.terms, upload.filename));
      return own.map((upload) => ({ upload, message_id: id, ...place }));
    });
    return found.slice(0, LIMITS.search_others);
  });
}

/** The same places and people, with the words in the name of a file instead of the text. */
function ofFiles(plan: Plan): Plan["index"] {
  const index = withRights(plan);
  return { ...index, groups: [[HAS_FILE], ...index.groups], terms: [], excluded: [], files: index.terms };
}

function holds(terms: readonly Term[], filename: string): boolean {
  const own = indexWords(filename);
  const fits = (wanted: string, one: string, open: boolean) => (open ? one.startsWith(wanted) : one === wanted);
  return terms.every(({ words, prefix }) =>
    words.every((word, n) => own.some((one) => fits(word, one, prefix && n === words.length - 1))),
  );
}
