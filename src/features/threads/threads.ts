import type { Message, ThreadState } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { draftOf, type MessageInput, uploadsOf } from "../../lib/draft.ts";
import { invalid, notFound } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { mentionsIn } from "../../lib/mentions.ts";
import { readWindow, type Window } from "../../lib/window.ts";
import type { LogEvent } from "../../realtime/events.ts";
import { announce, type Conversation, requireWritable } from "../conversations/conversations.ts";
import { comeBack, insertMention } from "../conversations/unread.ts";
import {
  dress,
  forReader,
  lastReplies,
  mentionedIn,
  placeOf,
  quoteOf,
  requireMessage,
  sameNonce,
  storeMessage,
} from "../messages/messages.ts";
import * as queries from "./queries.ts";

export interface ThreadPage {
  root: Message;
  replies: Message[];
  thread_state: ThreadState;
  oldest_seq: number;
  newest_seq: number;
  has_older: boolean;
  has_newer: boolean;
}

/** A page of a thread, with its root. */
export async function readThread(
  db: Database,
  actor: Actor,
  root_id: string,
  window: Window,
  limit: number,
): Promise<ThreadPage> {
  return db.read(async (tx) => {
    const root = await requireRoot(tx, actor, root_id, "threads:read");
    const source = {
      below: (seq: number | undefined, count: number) => queries.repliesBelow(tx, root_id, seq, count),
      above: (seq: number, count: number) => queries.repliesAbove(tx, root_id, seq, count),
      isAny: (from: "at most" | "at least", seq: number) => queries.isAnyReply(tx, root_id, from, seq),
    };
    const { rows, has_older, has_newer } = await readWindow(source, window, limit);
    await dress(tx, [root.message, ...rows], actor);
    return {
      root: root.message,
      replies: rows,
      thread_state: root.message.thread_state ?? emptyState(root_id),
      oldest_seq: rows[0]?.thread_seq ?? 0,
      newest_seq: rows.at(-1)?.thread_seq ?? 0,
      has_older,
      has_newer,
    };
  });
}

/** A channel's root, which has a short id for its URL; nothing else does. */
export async function readRouted(db: Database, actor: Actor, message_id: string): Promise<Message> {
  return db.read(async (tx) => {
    const { message } = await requireMessage(tx, actor, message_id, "read", "threads:read");
    if (message.route_id === undefined) throw notFound("message");
    return forReader(tx, message, actor);
  });
}

export interface Replied {
  message: Message;
  thread_state: ThreadState;
  /** Empty when the nonce was seen before. */
  events: LogEvent[];
}

/** Replies in a thread of one level. */
export async function replyInThread(
  db: Database,
  actor: Actor,
  root_id: string,
  input: MessageInput,
): Promise<Replied> {
  const draft = draftOf(actor, input);
  const upload_ids = uploadsOf(actor, input);
  const addressed = mentionsIn(draft.body);
  return db.write(async (tx) => {
    const { message: root, conversation } = await requireRoot(tx, actor, root_id, "threads:write");
    const seen = await sameNonce(tx, actor, draft, upload_ids, { thread_root_id: root_id });
    if (seen)
      return {
        message: await forReader(tx, seen, actor),
        thread_state: root.thread_state ?? emptyState(root_id),
        events: [],
      };
    requireWritable(conversation, actor);
    const quote = await quoteOf(tx, draft.quoted_message_id, (one) => one.thread_root_id === root_id);
    const known = (await lastReplies(tx, root_id, 100)).map((one) => one.author_id);
    const last_reply_author_ids = [...new Set([actor.user.id, ...known])].slice(0, 3);
    const counted = await queries.addReply(tx, root_id, { last_reply_at: actor.at, last_reply_author_ids });
    const message: Message = {
      id: newId("message"),
      workspace_id: conversation.workspace_id,
      ...placeOf(conversation.id),
      author_id: actor.user.id,
      parent_message_id: root_id,
      thread_root_id: root_id,
      thread_seq: counted.last_thread_seq,
      ...draft,
      ...quote,
      body_format: "markdown",
      created_at: actor.at,
      author: actor.user,
      attachments: [],
      reactions: [],
    };
    await storeMessage(tx, actor, message, { conversation, posted_no: 0, upload_ids });
    // A thread has no "everybody": who is in it is told anyway.
    const mentioned_user_ids = await mentionedIn(tx, conversation, { handles: addressed.handles }, actor);
    await countReply(tx, root, message, mentioned_user_ids);
    await comeBack(tx, actor, conversation);
    const thread_state = {
      root_message_id: root_id,
      reply_count: counted.reply_count,
      last_reply_at: actor.at,
      last_reply_author_ids,
    };
    const events = await tell(tx, conversation, message, mentioned_user_ids, input.correlation_id);
    return { message, thread_state, events };
  });
}

/**
 * Counts a reply: as read for its author, as unread for everybody who follows the thread. Whoever began
 * it, writes in it or is mentioned in it follows it, unless they said otherwise before.
 */
async function countReply(tx: Tx, root: Message, reply: Message, mentioned: string[]): Promise<void> {
  const where = { root_id: root.id, workspace_id: reply.workspace_id, at: reply.created_at };
  await queries.follow(tx, { ...where, user_id: root.author_id });
  await queries.countOwnReply(tx, { ...where, user_id: reply.author_id });
  for (const user_id of mentioned) {
    await queries.countMention(tx, { ...where, user_id });
    const mention = { scope_id: root.id, user_id, seq: reply.thread_seq ?? 0, message_id: reply.id };
    await insertMention(tx, mention);
  }
  await queries.raiseUnread(tx, root.id, reply.author_id);
}

async function tell(
  tx: Tx,
  conversation: Conversation,
  message: Message,
  mentioned_user_ids: string[],
  correlation_id: string | undefined,
): Promise<LogEvent[]> {
  const created = await announce(tx, conversation, {
    type: "thread.reply_created",
    payload: {
      message_id: message.id,
      root_message_id: message.thread_root_id,
      author_id: message.author_id,
      ...(message.nonce !== undefined && { nonce: message.nonce }),
      ...(correlation_id !== undefined && { correlation_id }),
    },
    mentioned_user_ids,
    created_at: message.created_at,
  });
  const updated = await announce(tx, conversation, {
    type: "thread.state_updated",
    payload: { root_message_id: message.thread_root_id },
    created_at: message.created_at,
  });
  return [created, updated];
}

export async function requireRoot(tx: Tx, actor: Actor, root_id: string, scope: "threads:read" | "threads:write") {
  const found = await requireMessage(tx, actor, root_id, scope === "threads:read" ? "read" : "send", scope);
  if (found.message.parent_message_id !== undefined)
    throw invalid("message_id", "nested thread replies are not supported");
  return found;
}

function emptyState(root_message_id: string): ThreadState {
  return { root_message_id, reply_count: 0, last_reply_author_ids: [] };
}
