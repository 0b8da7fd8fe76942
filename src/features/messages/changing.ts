import { LIMITS, type Message, type ThreadState } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { conflict, forbidden, invalid } from "../../lib/errors.ts";
import { requireBody } from "../../lib/message-text.ts";
import type { LogEvent } from "../../realtime/events.ts";
import { announce, type Conversation } from "../conversations/conversations.ts";
import { uncountRoot } from "../conversations/unread.ts";
import { requireTopic } from "../topics/topics.ts";
import { attachmentsOf, attachUploads, detachUploads } from "../uploads/uploads.ts";
import { byActor, recordAct } from "../workspaces/recording.ts";
import { isManager, requireUnrestricted } from "../workspaces/workspaces.ts";
import { forReader, requireMessage, searchDoc, type Sent } from "./messages.ts";
import * as changes from "./changing-queries.ts";
import * as queries from "./queries.ts";
import { indexMessage, unindexMessage } from "./sqlite.ts";

export interface MessagePatch {
  body?: string | undefined;
  /** `""` takes the topic off. */
  topic_id?: string | undefined;
}

/**
 * Changes the text, which only its author may, and what it said before stays in its history; or the topic,
 * which owners and moderators may as well, and which is no edit.
 */
export async function editMessage(db: Database, actor: Actor, message_id: string, patch: MessagePatch): Promise<Sent> {
  if (patch.body === undefined && patch.topic_id === undefined) throw invalid("body", "body or topic_id is required");
  return db.write(async (tx) => {
    const { message, doc_id, conversation } = await requireMessage(tx, actor, message_id, "write", "messages:write");
    const isMine = message.author_id === actor.user.id;
    if (!isMine && patch.body !== undefined) throw forbidden("only the author can edit a message");
    if (!isMine && !manages(conversation))
      throw forbidden("only the author, an owner or a moderator can change a message's topic");
    if (message.deleted_at !== undefined) throw invalid("message_id", "a deleted message cannot be edited");
    await forReader(tx, message, actor);
    const reworded = patch.body === undefined ? message : await reword(tx, message, patch.body, actor.at);
    if (reworded !== message) reindex(tx, reworded, doc_id, conversation);
    const edited =
      patch.topic_id === undefined ? reworded : await relabel(tx, conversation, reworded, patch.topic_id, actor.at);
    if (edited === message) return { message };
    const event = await announce(tx, conversation, changeEvent("message.updated", edited, actor.at));
    return { message: edited, event };
  });
}

/** The message with the text, or itself when it says that already. */
async function reword(tx: Tx, message: Message, text: string, at: string): Promise<Message> {
  const needsNoWords = text.trim() === "" && message.attachments.length > 0;
  const body = needsNoWords ? "" : requireBody(text);
  if (message.body === body) return message;
  await changes.updateBody(tx, message, body, at);
  return { ...message, body, edited_at: at };
}

/** The message with the topic, or itself when it has that already. */
async function relabel(
  tx: Tx,
  conversation: Conversation,
  message: Message,
  wanted: string,
  at: string,
): Promise<Message> {
  if (message.channel_seq === undefined) throw invalid("topic_id", "a reply has no topic of its own");
  if ((message.topic_id ?? "") === wanted) return message;
  const { topic_id: _before, ...rest } = message;
  const after: Message = wanted === "" ? rest : { ...rest, topic_id: wanted };
  if (after.topic_id !== undefined) await requireTopic(tx, conversation, after.topic_id);
  await changes.updateTopic(tx, message.id, after.topic_id, at);
  return after;
}

function manages(conversation: Conversation): boolean {
  return conversation.kind !== "dm" && isManager(conversation.role);
}

function reindex(tx: Tx, message: Message, doc_id: number, conversation: Conversation): void {
  if (message.kind !== "message") return;
  unindexMessage(tx, doc_id);
  indexMessage(tx, searchDoc(message, doc_id, conversation));
}

/**
 * Wipes body, history, files and search; the author may, and in channels owners and moderators. A second
 * time is done already and says nothing.
 */
export async function deleteMessage(db: Database, actor: Actor, message_id: string): Promise<Sent> {
  return db.write(async (tx) => {
    const { message, doc_id, conversation } = await requireMessage(tx, actor, message_id, "send", "messages:write");
    requireUnrestricted(conversation.restricted_until, actor);
    if (message.author_id !== actor.user.id && !manages(conversation)) {
      throw forbidden("only the author, an owner or a moderator can delete a message");
    }
    if (message.deleted_at !== undefined) return { message: await forReader(tx, message, actor) };
    if (await changes.deletePin(tx, message_id)) await tellUnpinned(tx, actor, message, conversation);
    await changes.wipeMessage(tx, message_id, actor.at);
    await recordDeletion(tx, actor, message, conversation);
    if (message.kind === "message") unindexMessage(tx, doc_id);
    await detachUploads(tx, message_id, actor.at);
    await uncount(tx, message, conversation.id);
    const deleted = { ...message, body: "", deleted_at: actor.at, reactions: [], attachments: [] };
    const event = await announce(tx, conversation, changeEvent("message.deleted", deleted, actor.at));
    if (message.parent_message_id !== undefined) await replyLeft(tx, message.parent_message_id, conversation, actor.at);
    return { message: deleted, event };
  });
}

/** The audit log tells when somebody deleted what another said, except in private, where it must not look. */
async function recordDeletion(tx: Tx, actor: Actor, message: Message, { id, kind }: Conversation): Promise<void> {
  if (kind !== "public" || message.author_id === actor.user.id) return;
  await recordAct(tx, byActor(actor), message.workspace_id, {
    action: "message.deleted",
    target_type: "message",
    target_id: message.id,
    metadata: { author_id: message.author_id, channel_id: id },
  });
}

async function uncount(tx: Tx, message: Message, conversation_id: string): Promise<void> {
  const { id, author_id, kind, channel_seq, thread_seq, thread_root_id } = message;
  if (channel_seq !== undefined && kind === "message")
    await uncountRoot(tx, conversation_id, { id, author_id, channel_seq });
  if (thread_seq !== undefined) await changes.uncountReply(tx, thread_root_id, { id, author_id, thread_seq });
}

async function tellUnpinned(tx: Tx, actor: Actor, message: Message, conversation: Conversation): Promise<void> {
  await announce(tx, conversation, {
    type: "pin.removed",
    ...(message.channel_seq !== undefined && { seq: message.channel_seq }),
    payload: { channel_id: conversation.id, message_id: message.id, pinned_by: actor.user.id },
    created_at: actor.at,
  });
}

function changeEvent(type: "message.updated" | "message.deleted", message: Message, at: string) {
  return {
    type,
    ...(message.channel_seq !== undefined && { seq: message.channel_seq }),
    payload: { message_id: message.id, root_message_id: message.thread_root_id },
    created_at: at,
  };
}

/** A deleted reply no longer counts, nor does it name its author in the thread's summary. */
async function replyLeft(tx: Tx, root_id: string, conversation: Conversation, at: string): Promise<void> {
  const before = (await queries.threadStates(tx, [root_id])).get(root_id);
  if (!before) return;
  const left = await queries.lastReplies(tx, root_id, 100);
  const state: ThreadState = {
    root_message_id: root_id,
    reply_count: Math.max(0, before.reply_count - 1),
    ...(left[0] && { last_reply_at: left[0].created_at }),
    last_reply_author_ids: [...new Set(left.map((one) => one.author_id))].slice(0, 3),
  };
  await queries.setThreadState(tx, state);
  await changes.settleFollows(tx, state);
  await announce(tx, conversation, {
    type: "thread.state_updated",
    payload: { root_message_id: root_id },
    created_at: at,
  });
}

/** Adds a file to a message of one's own. */
export async function attachUpload(
  db: Database,
  actor: Actor,
  message_id: string,
  upload_id: string,
): Promise<{ event?: LogEvent }> {
  return db.write(async (tx) => {
    const { message, doc_id, conversation } = await requireMessage(tx, actor, message_id, "write", "messages:write");
    if (message.author_id !== actor.user.id) throw forbidden("only the author can attach a file");
    if (message.deleted_at !== undefined) throw invalid("message_id", "a deleted message takes no files");
    const before = (await attachmentsOf(tx, [message_id])).get(message_id) ?? [];
    if (before.some((one) => one.id === upload_id)) return {};
    if (before.length >= LIMITS.attachments_per_message)
      throw conflict(`a message takes at most ${LIMITS.attachments_per_message} files`);
    message.attachments = [...before, ...(await attachUploads(tx, actor, message, [upload_id]))];
    reindex(tx, message, doc_id, conversation);
    return { event: await announce(tx, conversation, changeEvent("message.updated", message, actor.at)) };
  });
}

/** Messages looked at in one write, so that a large channel never holds the writer. */
const REINDEX_SLICE = 2000;

/** Writes the full-text rows of a channel that changed its kind anew, a slice at a time. */
export async function reindexSome(db: Database): Promise<boolean> {
  if (!(await db.read(changes.isReindexing))) return false;
  return db.write(async (tx) => {
    const sources = await changes.nextReindexing(tx, REINDEX_SLICE);
    const attached = await attachmentsOf(tx, sources?.map((one) => one.id) ?? []);
    for (const source of sources ?? []) {
      unindexMessage(tx, source.doc_id);
      indexMessage(tx, { ...source, files: attached.get(source.id) ?? [] });
    }
    return sources !== undefined;
  });
}
