import { type Draft, LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { conflict, invalid, notFound } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { readMomentCursor, writeCursor } from "../../lib/page-cursor.ts";
import { requireText } from "../../lib/text.ts";
import type { LogEvent } from "../../realtime/events.ts";
import {
  announceTo,
  type Conversation,
  readableConversations,
  requireConversation,
} from "../conversations/conversations.ts";
import { conversationOf, placeOf, quoteOf, requireMessage } from "../messages/messages.ts";
import * as queries from "./queries.ts";

export interface DraftsPage {
  drafts: Draft[];
  next_cursor?: string;
}

/** What the actor began to write in a workspace, written last first; where they may not read now is left out. */
export async function listDrafts(
  db: Database,
  actor: Actor,
  workspace_id: string,
  query: { cursor?: string | undefined; limit: number },
): Promise<DraftsPage> {
  const after = query.cursor === undefined ? undefined : readMomentCursor(query.cursor);
  return db.read(async (tx) => {
    const readable = await readableConversations(tx, actor, workspace_id);
    const user_id = actor.user.id;
    const found = await queries.draftsOf(tx, { user_id, workspace_id, readable, after, limit: query.limit + 1 });
    const drafts = found.slice(0, query.limit);
    const last = drafts.at(-1);
    const hasMore = found.length > query.limit && last;
    return { drafts, ...(hasMore && { next_cursor: writeCursor({ at: last.updated_at, id: last.id }) }) };
  });
}

export async function readDraft(db: Database, actor: Actor, target_id: string): Promise<Draft> {
  return db.read(async (tx) => {
    await requireTarget(tx, actor, target_id);
    const draft = await queries.draftFor(tx, actor.user.id, target_id);
    if (!draft) throw notFound("draft");
    return draft;
  });
}

export interface DraftInput {
  body: string;
  quoted_message_id?: string | undefined;
  upload_ids?: string[] | undefined;
}

/** Keeps what the actor is writing, instead of what they wrote there before. The same again tells nobody. */
export async function keepDraft(
  db: Database,
  actor: Actor,
  target_id: string,
  input: DraftInput,
): Promise<{ draft: Draft; event?: LogEvent }> {
  const wanted = contentOf(input);
  return db.write(async (tx) => {
    const target = await requireTarget(tx, actor, target_id);
    const before = await queries.draftFor(tx, actor.user.id, target_id);
    if (before && isSame(before, wanted)) return { draft: before };
    if (!before && (await queries.countDrafts(tx, actor.user.id)) >= LIMITS.drafts_per_user)
      throw conflict(`at most ${LIMITS.drafts_per_user} drafts are kept; send or discard some first`);
    await requireParts(tx, actor, target, wanted);
    const { id, workspace_id } = target.conversation;
    const draft: Draft = {
      id: before?.id ?? newId("draft"),
      workspace_id,
      target_id,
      ...placeOf(id),
      ...wanted,
      updated_at: actor.at,
    };
    await queries.putDraft(tx, actor.user.id, id, draft);
    return { draft, event: await tell(tx, actor, "draft.updated", draft.id, { id, workspace_id, target_id }) };
  });
}

/** Whoever may no longer read a conversation can still discard what they began to write there. */
export async function discardDraft(db: Database, actor: Actor, target_id: string): Promise<{ event?: LogEvent }> {
  return db.write(async (tx) => {
    const gone = await queries.deleteDraft(tx, actor.user.id, target_id);
    if (!gone) {
      await requireTarget(tx, actor, target_id);
      return {};
    }
    const place = { id: gone.conversation_id, workspace_id: gone.workspace_id, target_id };
    return { event: await tell(tx, actor, "draft.deleted", gone.id, place) };
  });
}

/** Where something is being written: a conversation, or the thread of a root in it. */
interface Target {
  conversation: Conversation;
  root_id?: string;
}

/** Reading is enough, also for somebody who may only read now: nobody else learns of a draft. */
async function requireTarget(tx: Tx, actor: Actor, target_id: string): Promise<Target> {
  if (!target_id.startsWith("msg_")) return { conversation: await requireConversation(tx, actor, target_id, "read") };
  const { message, conversation } = await requireMessage(tx, actor, target_id, "read");
  if (message.parent_message_id !== undefined) throw invalid("target_id", "nested thread replies are not supported");
  return { conversation, root_id: target_id };
}

type Content = Pick<Draft, "body" | "quoted_message_id" | "upload_ids">;

function contentOf(input: DraftInput): Content {
  const body = requireText("body", input.body);
  if (Buffer.byteLength(body) > LIMITS.message_body_bytes)
    throw invalid("body", `body must be at most ${LIMITS.message_body_bytes} bytes`);
  const upload_ids = [...new Set(input.upload_ids)];
  if (body.trim() === "" && upload_ids.length === 0)
    throw invalid("body", "a draft needs words or files; discard it instead");
  return { body, ...(input.quoted_message_id && { quoted_message_id: input.quoted_message_id }), upload_ids };
}

function isSame(draft: Draft, { body, quoted_message_id, upload_ids }: Content): boolean {
  const isSameText = draft.body === body && draft.quoted_message_id === quoted_message_id;
  return isSameText && draft.upload_ids.join() === upload_ids.join();
}

/** What could not be sent is not kept either: another's file, or a quote from elsewhere. */
async function requireParts(tx: Tx, actor: Actor, { conversation, root_id }: Target, content: Content): Promise<void> {
  await quoteOf(tx, content.quoted_message_id, (one) =>
    root_id === undefined
      ? one.channel_seq !== undefined && conversationOf(one) === conversation.id
      : one.thread_root_id === root_id,
  );
  const { upload_ids } = content;
  if (upload_ids.length === 0) return;
  const own = await queries.ownUploads(tx, actor.user.id, conversation.workspace_id, upload_ids);
  if (own.length < upload_ids.length) throw notFound("upload");
}

/** The actor's other devices learn it by a private event. */
async function tell(
  tx: Tx,
  actor: Actor,
  type: "draft.updated" | "draft.deleted",
  draft_id: string,
  { target_id, ...conversation }: { id: string; workspace_id: string; target_id: string },
): Promise<LogEvent> {
  const payload = { user_id: actor.user.id, draft_id, target_id };
  return announceTo(tx, actor.user.id, conversation, { type, payload, created_at: actor.at });
}
