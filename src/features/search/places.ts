import type { Tx } from "../../db/database.ts";
import { type Actor, requireScope } from "../../lib/actor.ts";
import { AppError, notFound } from "../../lib/errors.ts";
import { idWord, rightsWord } from "../../lib/search-scope.ts";
import type { Named } from "../../lib/search-query.ts";
import { type Readable, requireConversation } from "../conversations/conversations.ts";
import * as queries from "./queries.ts";

export interface Where {
  workspace_id: string;
  channel_id?: string | undefined;
  direct_conversation_id?: string | undefined;
  /** The actor's direct conversations too. */
  dms?: boolean | undefined;
}

/** The conversations to look into, as words of the index. */
export interface Places {
  /** Those that were named, each group narrowing down further; an empty one finds nothing. */
  groups: string[][];
  /** Everything the actor may read, when nothing was named: what is named is readable anyway. */
  rights: string[] | undefined;
}

export async function findPlaces(
  tx: Tx,
  actor: Actor,
  where: Where,
  names: readonly Named[],
  readable: Readable,
): Promise<Places> {
  if (where.dms) requireScope(actor, "dms:read");
  const groups: string[][] = [];
  const one = await namedByRequest(tx, actor, where);
  if (one !== undefined) groups.push([idWord(one)]);
  const wanted = names.filter((name) => !name.negated);
  if (wanted.length > 0) groups.push(await placeWords(tx, actor, where.workspace_id, wanted, readable));
  return { groups, rights: groups.length > 0 ? undefined : everything(where, readable) };
}

function everything({ workspace_id, dms }: Where, readable: Readable): string[] {
  return [
    ...(readable.all_public ? [rightsWord("public", workspace_id)] : []),
    ...readable.channel_ids.map(idWord),
    ...(dms ? readable.dm_ids.map(idWord) : []),
  ];
}

async function namedByRequest(tx: Tx, actor: Actor, where: Where): Promise<string | undefined> {
  const { channel_id, direct_conversation_id } = where;
  if (channel_id !== undefined && direct_conversation_id !== undefined) {
    throw new AppError("validation_failed", "channel_id and direct_conversation_id are mutually exclusive");
  }
  const id = channel_id ?? direct_conversation_id;
  if (id === undefined) return undefined;
  const what = channel_id === undefined ? "conversation" : "channel";
  if (id.startsWith("dm_") !== (what === "conversation")) throw notFound(what);
  const { workspace_id } = await requireConversation(tx, actor, id, "read", "messages:read");
  if (workspace_id !== where.workspace_id) throw notFound(what);
  return id;
}

/** The words of those named places that the actor may read: `#channel`, `@person` or an id. */
export async function placeWords(
  tx: Tx,
  actor: Actor,
  workspace_id: string,
  names: readonly Named[],
  readable: Readable,
): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const id = await placeNamed(tx, actor, workspace_id, name);
    if (id !== undefined && (await canRead(tx, workspace_id, id, readable))) ids.push(id);
  }
  return [...new Set(ids)].map(idWord);
}

async function placeNamed(
  tx: Tx,
  actor: Actor,
  workspace_id: string,
  { name, sigil }: Named,
): Promise<string | undefined> {
  if (sigil !== "@" && /^(chn|dm)_/.test(name)) return name;
  if (sigil !== "@") return queries.channelIdByName(tx, workspace_id, name);
  requireScope(actor, "dms:read");
  const other_id = await personNamed(tx, actor, name);
  return other_id && queries.directIdWith(tx, workspace_id, actor.user.id, other_id);
}

async function canRead(tx: Tx, workspace_id: string, id: string, readable: Readable): Promise<boolean> {
  if (readable.channel_ids.includes(id) || readable.dm_ids.includes(id)) return true;
  return readable.all_public && (await queries.isPublicChannel(tx, workspace_id, id));
}

/** The words of the people named: `me`, a handle or an id. */
export async function personWords(tx: Tx, actor: Actor, names: readonly Named[]): Promise<string[]> {
  const ids: string[] = [];
  for (const { name } of names) {
    const id = await personNamed(tx, actor, name);
    if (id !== undefined) ids.push(id);
  }
  return [...new Set(ids)].map(idWord);
}

async function personNamed(tx: Tx, actor: Actor, name: string): Promise<string | undefined> {
  if (name === "me") return actor.user.id;
  return /^usr_[0-9a-z]{26}$/.test(name) ? name : queries.userIdByHandle(tx, name);
}
