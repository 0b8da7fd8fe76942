import type { Message, ThreadState } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { conflict, invalid } from "../../lib/errors.ts";
import { draftOf, type MessageInput } from "../../lib/draft.ts";
import { newId, newRouteId } from "../../lib/ids.ts";
import { readWindow, type Window } from "../../lib/window.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { messageTopic } from "../channels/channels.ts";
import {
  dress,
  forReader,
  lastReplies,
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

/** Reads a thread; its root gets the short id of its URL the first time. */
export async function readThread(
  db: Database,
  actor: Actor,
  root_id: string,
  window: Window,
  limit: number,
): Promise<ThreadPage> {
  const page = await db.read(async (tx) => {
    const root = await requireRoot(tx, actor, root_id, "read");
    const source = {
      below: (seq: number | undefined, count: number) => queries.repliesBelow(tx, root_id, seq, count),
      above: (seq: number, count: number) => queries.repliesAbove(tx, root_id, seq, count),
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
  page.root.route_id ??= await db.write((tx) => queries.setRouteId(tx, root_id, newRouteId("M")));
  return page;
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
  return db.write(async (tx) => {
    const { message: root, channel } = await requireRoot(tx, actor, root_id, "read");
    const seen = await sameNonce(tx, actor, draft, { thread_root_id: root_id });
    if (seen)
      return {
        message: await forReader(tx, seen, actor),
        thread_state: root.thread_state ?? emptyState(root_id),
        events: [],
      };
    if (channel.archived_at !== null) throw conflict("this channel is archived; restore it to write in it");
    const quote = await quoteOf(tx, draft.quoted_message_id, (one) => one.thread_root_id === root_id);
    const known = (await lastReplies(tx, root_id, 100)).map((one) => one.author_id);
    const last_reply_author_ids = [...new Set([actor.user.id, ...known])].slice(0, 3);
    const counted = await queries.addReply(tx, root_id, { last_reply_at: actor.at, last_reply_author_ids });
    const message: Message = {
      id: newId("message"),
      workspace_id: channel.workspace_id,
      channel_id: channel.id,
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
    await storeMessage(tx, message);
    if (root.route_id === undefined) await queries.setRouteId(tx, root_id, newRouteId("M"));
    const thread_state = {
      root_message_id: root_id,
      reply_count: counted.reply_count,
      last_reply_at: actor.at,
      last_reply_author_ids,
    };
    return { message, thread_state, events: await announce(tx, message, input.correlation_id) };
  });
}

async function announce(tx: Tx, message: Message, correlation_id: string | undefined): Promise<LogEvent[]> {
  const common = {
    topic: messageTopic(message),
    workspace_id: message.workspace_id,
    channel_id: message.channel_id ?? "",
    created_at: message.created_at,
  };
  const created = await appendEvent(tx, {
    ...common,
    type: "thread.reply_created",
    payload: {
      message_id: message.id,
      root_message_id: message.thread_root_id,
      author_id: message.author_id,
      ...(message.nonce !== undefined && { nonce: message.nonce }),
      ...(correlation_id !== undefined && { correlation_id }),
    },
  });
  const updated = await appendEvent(tx, {
    ...common,
    type: "thread.state_updated",
    payload: { root_message_id: message.thread_root_id },
  });
  return [created, updated];
}

async function requireRoot(tx: Tx, actor: Actor, root_id: string, want: "read" | "write") {
  const found = await requireMessage(tx, actor, root_id, want);
  if (found.message.parent_message_id !== undefined)
    throw invalid("message_id", "nested thread replies are not supported");
  return found;
}

function emptyState(root_message_id: string): ThreadState {
  return { root_message_id, reply_count: 0, last_reply_author_ids: [] };
}
