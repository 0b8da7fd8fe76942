import type { Message } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { readMomentCursor, writeCursor } from "../../lib/page-cursor.ts";
import type { LogEvent } from "../../realtime/events.ts";
import { announceTo, readableConversations } from "../conversations/conversations.ts";
import { conversationOf, dress } from "../messages/messages.ts";
import * as queries from "./queries.ts";
import { requireRoot } from "./threads.ts";

export interface ThreadReceipt {
  root_message_id: string;
  user_id: string;
  following: boolean;
  last_read_seq: number;
  unread_count: number;
  mention_count: number;
}

/** Moves the actor's marker in a thread: forward, or to just before a reply. */
export async function markThread(
  db: Database,
  actor: Actor,
  root_id: string,
  to: { read: number } | { unread: number },
): Promise<{ receipt: ThreadReceipt; event?: LogEvent }> {
  return db.write(async (tx) => {
    const { message: root } = await requireRoot(tx, actor, root_id, "threads:read");
    const before = await queries.followOf(tx, root_id, actor.user.id);
    const { last_thread_seq, reply_count } = await queries.replyTotals(tx, root_id);
    const wanted = "read" in to ? to.read : Math.max(0, to.unread - 1);
    const seq = Math.min(wanted, last_thread_seq);
    const at = before?.last_read_seq ?? 0;
    if ("read" in to ? seq <= at : seq === at) return { receipt: receiptOf(actor, root_id, before, reply_count) };
    const left = await queries.unreadAfter(tx, root_id, actor.user.id, seq, last_thread_seq);
    const after = {
      following: before?.following ?? 0,
      last_read_seq: seq,
      read_replies: reply_count - left.unread,
      mention_count: left.mentions,
      unread: left.unread > 0 ? 1 : 0,
    };
    await queries.putFollow(
      tx,
      { root_id, user_id: actor.user.id, workspace_id: root.workspace_id, at: actor.at },
      after,
    );
    const receipt = receiptOf(actor, root_id, after, reply_count);
    return { receipt, event: await tell(tx, actor, root, "thread.read", receipt) };
  });
}

/** Follows a thread from where it is now, or leaves it alone. */
export async function setFollowing(
  db: Database,
  actor: Actor,
  root_id: string,
  following: boolean,
): Promise<{ receipt: ThreadReceipt; event?: LogEvent }> {
  return db.write(async (tx) => {
    const { message: root } = await requireRoot(tx, actor, root_id, "threads:read");
    const before = await queries.followOf(tx, root_id, actor.user.id);
    const { last_thread_seq, reply_count } = await queries.replyTotals(tx, root_id);
    if (before && (before.following === 1) === following)
      return { receipt: receiptOf(actor, root_id, before, reply_count) };
    const fresh = { last_read_seq: last_thread_seq, read_replies: reply_count, mention_count: 0 };
    const after = { ...(before && !following ? before : fresh), following: following ? 1 : 0, unread: 0 };
    await queries.putFollow(
      tx,
      { root_id, user_id: actor.user.id, workspace_id: root.workspace_id, at: actor.at },
      after,
    );
    const receipt = receiptOf(actor, root_id, after, reply_count);
    return { receipt, event: await tell(tx, actor, root, "thread.follow_updated", receipt) };
  });
}

function receiptOf(
  actor: Actor,
  root_message_id: string,
  follow: queries.Follow | undefined,
  reply_count: number,
): ThreadReceipt {
  const follows = follow?.following === 1;
  return {
    root_message_id,
    user_id: actor.user.id,
    following: follows,
    last_read_seq: follow?.last_read_seq ?? 0,
    unread_count: follows ? reply_count - follow.read_replies : 0,
    mention_count: follows ? follow.mention_count : 0,
  };
}

/** The actor's other devices learn it by a private event. */
async function tell(
  tx: Tx,
  actor: Actor,
  root: Message,
  type: "thread.read" | "thread.follow_updated",
  receipt: ThreadReceipt,
): Promise<LogEvent> {
  const conversation = { id: conversationOf(root), workspace_id: root.workspace_id };
  const payload = { ...receipt };
  return announceTo(tx, actor.user.id, conversation, {
    type,
    seq: receipt.last_read_seq,
    payload,
    created_at: actor.at,
  });
}

export interface InboxThread {
  root: Message;
  last_read_seq: number;
  unread_count: number;
  mention_count: number;
}

export interface Inbox {
  threads: InboxThread[];
  next_cursor?: string;
  /** Followed threads with something unread, on the first page. */
  unread_threads?: number;
}

/** The threads the actor follows, the one answered last first. */
export async function listThreads(
  db: Database,
  actor: Actor,
  workspace_id: string,
  query: { filter: "all" | "unread"; cursor?: string | undefined; limit: number },
): Promise<Inbox> {
  const after = query.cursor === undefined ? undefined : readMomentCursor(query.cursor);
  return db.read(async (tx) => {
    const readable = await readableConversations(tx, actor, workspace_id);
    const found = await queries.followedThreads(tx, {
      user_id: actor.user.id,
      workspace_id,
      readable,
      unread: query.filter === "unread",
      after,
      limit: query.limit + 1,
    });
    const page = found.slice(0, query.limit);
    await dress(
      tx,
      page.map((one) => one.root),
      actor,
    );
    const last = page.at(-1)?.root;
    const isWhole = query.filter === "unread" && found.length === page.length;
    const countUnread = async (): Promise<number> =>
      isWhole ? page.length : queries.countUnreadThreads(tx, { user_id: actor.user.id, workspace_id, readable });
    const unread_threads = after === undefined ? { unread_threads: await countUnread() } : {};
    return {
      threads: page,
      ...(found.length > query.limit && last && { next_cursor: cursorOf(last) }),
      ...unread_threads,
    };
  });
}

function cursorOf(root: Message): string {
  return writeCursor({ at: root.thread_state?.last_reply_at ?? "", id: root.id });
}
