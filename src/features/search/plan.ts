import type { Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import type { Asked, SearchQuery } from "../../lib/search-query.ts";
import { HAS_FILE, HAS_IMAGE } from "../../lib/search-scope.ts";
import { readableConversations } from "../conversations/conversations.ts";
import { findPlaces, personWords, placeWords, type Where } from "./places.ts";
import * as queries from "./queries.ts";
import type { HitFilter, IndexQuery } from "./sqlite.ts";

/** What the index is asked for, and what is then looked at. */
export interface Plan {
  index: IndexQuery;
  /** The words of everything the actor may read, unless `index` names places. */
  rights: string[] | undefined;
  /** Most of what the index holds may be read, so that it need not be asked for rights. */
  open: boolean;
  filter: HitFilter;
}

/** Requests take time, so the order of messages and that of their times differ by as much. */
const SLACK_MS = 60_000;
const PINS = 5000;

/** Turns a search into what the index is asked for, as far as the actor may read. */
export async function planSearch(tx: Tx, actor: Actor, where: Where, query: SearchQuery): Promise<Plan> {
  const { workspace_id } = where;
  const readable = await readableConversations(tx, actor, workspace_id);
  const { groups, rights } = await findPlaces(tx, actor, where, query.in, readable);
  const authors = query.from.filter((one) => !one.negated);
  if (authors.length > 0) groups.unshift(await personWords(tx, actor, authors));
  const strangers = query.from.filter((one) => one.negated);
  const elsewhere = query.in.filter((one) => one.negated);
  return {
    index: {
      groups: [...groups, ...fileWords(query, false).map((word) => [word])],
      without: [
        ...(await personWords(tx, actor, strangers)),
        ...(await placeWords(tx, actor, workspace_id, elsewhere, readable)),
        ...fileWords(query, true),
      ],
      link: asked(query.has, "link") === true,
      terms: query.terms,
      excluded: query.excluded,
    },
    rights,
    open: readable.all_public && (await queries.isMostOfAll(tx, workspace_id)),
    filter: {
      workspace_id,
      all_public: readable.all_public,
      conversation_ids: [...readable.channel_ids, ...(rights && !where.dms ? [] : readable.dm_ids)],
      ...(await between(tx, query)),
      since: query.since,
      until: query.until,
      link: asked(query.has, "link"),
      thread: asked(query.is, "thread"),
      pinned: asked(query.is, "pinned"),
      ...(asked(query.is, "saved") === false && { not_saved_by: actor.user.id }),
      doc_ids: await onlyThese(tx, actor, workspace_id, query),
    },
  };
}

/** What is pinned or saved is so little that the index is asked about each. */
async function onlyThese(
  tx: Tx,
  actor: Actor,
  workspace_id: string,
  { is }: SearchQuery,
): Promise<number[] | undefined> {
  const pinned = asked(is, "pinned") ? await queries.pinnedDocIds(tx, workspace_id, PINS) : undefined;
  if (!asked(is, "saved")) return pinned;
  const saved = await queries.savedDocIds(tx, workspace_id, actor.user.id);
  const both = pinned && new Set(pinned);
  return both ? saved.filter((doc_id) => both.has(doc_id)) : saved;
}

/** A search that names nobody and nothing that is there finds nothing. */
export function findsNothing({ index, rights }: Plan): boolean {
  return rights?.length === 0 || index.groups.some((words) => words.length === 0);
}

/** The index's own answer to what the actor may read, for searches that would mostly find what they may not. */
export function withRights({ index, rights }: Plan): IndexQuery {
  return rights ? { ...index, groups: [...index.groups, rights] } : index;
}

/** There is something to look up, so that rights need not be. */
export function isSelective({ groups, link, terms }: IndexQuery): boolean {
  return groups.length > 0 || link || terms.length > 0;
}

function fileWords(query: SearchQuery, negated: boolean): string[] {
  const words = { link: undefined, file: HAS_FILE, image: HAS_IMAGE };
  return query.has.flatMap((one) => (one.negated === negated ? (words[one.name] ?? []) : []));
}

function asked<Name extends string>(list: readonly Asked<Name>[], name: Name): boolean | undefined {
  const found = list.find((one) => one.name === name);
  return found && !found.negated;
}

async function between(tx: Tx, { since, until }: SearchQuery): Promise<{ above: number; below: number }> {
  const moved = (at: string, ms: number) => timestamp(Date.parse(at) + ms);
  return {
    above: since === undefined ? 0 : await queries.firstDocAt(tx, moved(since, -SLACK_MS)),
    below: until === undefined ? Number.MAX_SAFE_INTEGER : await queries.firstDocAt(tx, moved(until, SLACK_MS)),
  };
}
