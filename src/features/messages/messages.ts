import { LIMITS, type Message } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Draft, draftOf, type MessageInput, uploadsOf } from "../../lib/draft.ts";
import type { Actor, Scope } from "../../lib/actor.ts";
import { AppError, conflict, invalid, notFound } from "../../lib/errors.ts";
import { messageRouteId, newId } from "../../lib/ids.ts";
import { mentionsIn } from "../../lib/mentions.ts";
import { cut } from "../../lib/text.ts";
import type { LogEvent } from "../../realtime/events.ts";
import {
  announce,
  type Conversation,
  readersAmong,
  requireConversation,
  requirePoster,
} from "../conversations/conversations.ts";
import { comeBack, countRoot, EVERYBODY, reopenForAll } from "../conversations/unread.ts";
import { requireTopic } from "../topics/topics.ts";
import { spendPost } from "../workspaces/waiting-room.ts";
import { attachmentsOf, attachUploads } from "../uploads/uploads.ts";
import * as queries from "./queries.ts";
import { indexMessage } from "./sqlite.ts";

/** What other features need of messages. */
export { lastReplies, placeOf, reactionsOf } from "./queries.ts";

/** What a send answers; no event when the nonce was seen before. */
export interface Sent {
  message: Message;
  event?: LogEvent;
}

/**
 * Posts to a channel or a direct conversation. The same nonce again answers the stored message and
 * changes nothing.
 */
export async function sendMessage(
  db: Database,
  actor: Actor,
  conversation_id: string,
  input: MessageInput,
): Promise<Sent> {
  const draft = draftOf(actor, input);
  const upload_ids = uploadsOf(actor, input);
  const addressed = draft.kind === "message" ? mentionsIn(draft.body) : NOBODY;
  return db.write(async (tx) => {
    const conversation = await requireConversation(tx, actor, conversation_id, "send", "messages:write");
    const seen = await sameNonce(tx, actor, draft, upload_ids, { conversation_id });
    if (seen) return { message: await forReader(tx, seen, actor) };
    requirePoster(conversation, actor);
    if (draft.topic_id !== undefined) await requireTopic(tx, conversation, draft.topic_id);
    const id = newId("message");
    const isQuotable = (one: Message) => one.channel_seq !== undefined && conversationOf(one) === conversation_id;
    const quote = await quoteOf(tx, draft.quoted_message_id, isQuotable);
    const mentioned = await mentionedIn(tx, conversation, addressed, actor);
    const { channel_seq, posted_no } = await countRoot(tx, conversation, {
      message_id: id,
      author_id: actor.user.id,
      counts: draft.kind === "message",
      mentioned,
    });
    const message: Message = {
      id,
      ...(conversation.kind !== "dm" && { route_id: messageRouteId(id) }),
      workspace_id: conversation.workspace_id,
      ...queries.placeOf(conversation_id),
      author_id: actor.user.id,
      thread_root_id: id,
      channel_seq,
      ...draft,
      ...quote,
      body_format: "markdown",
      created_at: actor.at,
      author: actor.user,
      thread_state: { root_message_id: id, reply_count: 0, last_reply_author_ids: [] },
      attachments: [],
      reactions: [],
    };
    await storeMessage(tx, actor, message, { conversation, posted_no, upload_ids });
    if (conversation.kind === "dm") await reopenForAll(tx, conversation_id);
    else await comeBack(tx, actor, { ...conversation, last_seq: channel_seq });
    const mentioned_user_ids = mentioned.filter((one) => one !== EVERYBODY);
    const event = await announce(tx, conversation, {
      type: "message.created",
      seq: channel_seq,
      payload: createdPayload(message, addressed.scope, input.correlation_id),
      mentioned_user_ids,
      created_at: actor.at,
    });
    return { message, event };
  });
}

const NOBODY: ReturnType<typeof mentionsIn> = { handles: [] };

/** Whom the text reaches: readers of the conversation it names, never its author; `*` for everybody. */
export async function mentionedIn(
  tx: Tx,
  conversation: Conversation,
  addressed: ReturnType<typeof mentionsIn>,
  author: Actor,
): Promise<string[]> {
  const named = addressed.handles.length > 0 ? await readersAmong(tx, conversation, addressed.handles) : [];
  const others = named.filter((id) => id !== author.user.id);
  return addressed.scope === "channel" ? [...others, EVERYBODY] : others;
}

function createdPayload(
  message: Message,
  mention_scope: string | undefined,
  correlation_id: string | undefined,
): Record<string, unknown> {
  return {
    message_id: message.id,
    author_id: message.author_id,
    ...(message.kind !== "message" && { kind: message.kind }),
    ...(message.turn_id !== undefined && { turn_id: message.turn_id }),
    ...(message.nonce !== undefined && { nonce: message.nonce }),
    ...(message.topic_id !== undefined && { topic_id: message.topic_id }),
    ...(mention_scope !== undefined && { mention_scope }),
    ...(correlation_id !== undefined && { correlation_id }),
  };
}

/** The row, its full-text row and its files, together or not at all. */
export async function storeMessage(
  tx: Tx,
  actor: Actor,
  message: Message,
  { conversation, posted_no, upload_ids }: { conversation: Conversation; posted_no: number; upload_ids: string[] },
): Promise<void> {
  if (conversation.role === "guest")
    await spendPost(tx, actor, {
      workspace_id: message.workspace_id,
      conversation_id: conversation.id,
      message_id: message.id,
    });
  const doc_id = await queries.insertMessage(tx, message, posted_no);
  if (upload_ids.length > 0) message.attachments = await attachUploads(tx, actor, message, upload_ids);
  // Activity rows tell how an answer was made; nobody searches for them.
  if (message.kind === "message") indexMessage(tx, searchDoc(message, doc_id, conversation));
}

export function searchDoc(message: Message, doc_id: number, { id, kind }: Pick<Conversation, "id" | "kind">) {
  const { body, workspace_id, author_id, attachments } = message;
  return { doc_id, body, workspace_id, author_id, conversation_id: id, kind, files: attachments };
}

/** The conversation a message is in. */
export function conversationOf(message: Message): string {
  return message.channel_id ?? message.direct_conversation_id ?? "";
}

/** The message this nonce already stands for, if it is the same message to the same place. */
export async function sameNonce(
  tx: Tx,
  actor: Actor,
  draft: Draft,
  upload_ids: string[],
  target: { conversation_id: string } | { thread_root_id: string },
): Promise<Message | undefined> {
  if (draft.nonce === undefined) return undefined;
  const message = (await queries.messageByNonce(tx, actor.user.id, draft.nonce))?.message;
  if (!message) return undefined;
  const samePlace =
    "conversation_id" in target
      ? conversationOf(message) === target.conversation_id && message.parent_message_id === undefined
      : message.parent_message_id === target.thread_root_id;
  // An edit or a deletion later on must not turn an honest retry into a conflict.
  const sameText = message.body === draft.body || message.edited_at !== undefined || message.deleted_at !== undefined;
  const files = new Set((await attachmentsOf(tx, [message.id])).get(message.id)?.map((one) => one.id));
  const same =
    samePlace &&
    sameText &&
    (message.topic_id === draft.topic_id || (await queries.isRelabelled(tx, message.id))) &&
    (message.deleted_at !== undefined || upload_ids.every((id) => files.has(id))) &&
    message.kind === draft.kind &&
    message.turn_id === draft.turn_id &&
    message.quoted_message_id === draft.quoted_message_id;
  if (!same) throw conflict("this nonce was already used for a different message");
  return message;
}

type Quote = Pick<Message, "quoted_message_id" | "quoted_body_snapshot" | "quoted_author_id" | "quoted_author">;

/** The snapshot that stays even when the quoted message is edited or deleted later. */
export async function quoteOf(tx: Tx, id: string | undefined, allowed: (message: Message) => boolean): Promise<Quote> {
  if (id === undefined) return {};
  const quoted = (await queries.messageById(tx, id))?.message;
  if (!quoted || !allowed(quoted))
    throw invalid("quoted_message_id", "only a message of the same conversation can be quoted");
  if (quoted.deleted_at !== undefined) throw invalid("quoted_message_id", "a deleted message cannot be quoted");
  return {
    quoted_message_id: quoted.id,
    quoted_body_snapshot: cut(quoted.body, LIMITS.quote_snapshot_chars),
    quoted_author_id: quoted.author_id,
    quoted_author: quoted.author,
  };
}

/** Adds what is not in the messages' own rows: files, and reactions as the reader sees them. */
export async function dress(tx: Tx, messages: Message[], actor: Actor): Promise<void> {
  const ids = messages.map((one) => one.id);
  const reactions = await queries.reactionsOf(tx, ids, actor.user.id);
  const attachments = await attachmentsOf(tx, ids);
  for (const message of messages) {
    message.reactions = reactions.get(message.id) ?? [];
    message.attachments = attachments.get(message.id) ?? [];
  }
}

export async function forReader(tx: Tx, message: Message, actor: Actor): Promise<Message> {
  await dress(tx, [message], actor);
  return message;
}

/** A message the actor may reach, with its conversation. Another's hidden message is not found. */
export async function requireMessage(
  tx: Tx,
  actor: Actor,
  message_id: string,
  want: "read" | "write" | "send",
  scope?: Scope,
): Promise<{ message: Message; doc_id: number; conversation: Conversation }> {
  const stored = await queries.messageById(tx, message_id);
  if (!stored) throw notFound("message");
  try {
    return {
      ...stored,
      conversation: await requireConversation(tx, actor, conversationOf(stored.message), want, scope),
    };
  } catch (error) {
    throw error instanceof AppError && error.code === "not_found" ? notFound("message") : error;
  }
}

/** Messages as frames carry them: with their files, without what depends on the reader. */
export async function messagesForFrames(tx: Tx, ids: string[]): Promise<Map<string, Message>> {
  const messages = await queries.messagesByIds(tx, ids);
  const attachments = await attachmentsOf(tx, ids);
  for (const [id, files] of attachments) {
    const message = messages.get(id);
    if (message) message.attachments = files;
  }
  return messages;
}
