import { LIMITS, type Message, type ThreadState } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { AppError, conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { type Draft, draftOf, type MessageInput } from "../../lib/draft.ts";
import { requireBody } from "../../lib/message-text.ts";
import { cut } from "../../lib/text.ts";
import { readWindow, type Window } from "../../lib/window.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { type ChannelAccess, messageTopic, nextChannelSeq, requireChannel } from "../channels/channels.ts";
import { isManager, requireMember } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";
import { indexMessage, unindexMessage } from "./sqlite.ts";

/** What other features need of messages. */
export { lastReplies, reactionsOf } from "./queries.ts";

/** What a send answers; no event when the nonce was seen before. */
export interface Sent {
  message: Message;
  event?: LogEvent;
}

/** Posts to a channel. The same nonce again answers the stored message and changes nothing. */
export async function sendMessage(db: Database, actor: Actor, channel_id: string, input: MessageInput): Promise<Sent> {
  const draft = draftOf(actor, input);
  return db.write(async (tx) => {
    const channel = await requireChannel(tx, actor, channel_id, draft.nonce === undefined ? "write" : "read");
    const seen = await sameNonce(tx, actor, draft, { channel_id });
    if (seen) return { message: await forReader(tx, seen, actor) };
    if (channel.archived_at !== null) await requireChannel(tx, actor, channel_id, "write");
    const id = newId("message");
    const quote = await quoteOf(
      tx,
      draft.quoted_message_id,
      (one) => one.channel_id === channel_id && one.channel_seq !== undefined,
    );
    const message: Message = {
      id,
      workspace_id: channel.workspace_id,
      channel_id,
      author_id: actor.user.id,
      thread_root_id: id,
      channel_seq: await nextChannelSeq(tx, channel_id),
      ...draft,
      ...quote,
      body_format: "markdown",
      created_at: actor.at,
      author: actor.user,
      thread_state: { root_message_id: id, reply_count: 0, last_reply_author_ids: [] },
      attachments: [],
      reactions: [],
    };
    await storeMessage(tx, message);
    const event = await appendEvent(tx, {
      type: "message.created",
      topic: messageTopic(channel),
      workspace_id: channel.workspace_id,
      channel_id,
      seq: message.channel_seq ?? 0,
      payload: createdPayload(message, input.correlation_id),
      created_at: actor.at,
    });
    return { message, event };
  });
}

function createdPayload(message: Message, correlation_id: string | undefined): Record<string, unknown> {
  return {
    message_id: message.id,
    author_id: message.author_id,
    ...(message.kind !== "message" && { kind: message.kind }),
    ...(message.turn_id !== undefined && { turn_id: message.turn_id }),
    ...(message.nonce !== undefined && { nonce: message.nonce }),
    ...(correlation_id !== undefined && { correlation_id }),
  };
}

/** The row and its full-text row, together or not at all. */
export async function storeMessage(tx: Tx, message: Message): Promise<void> {
  const doc_id = await queries.insertMessage(tx, message);
  await indexMessage(tx, { ...message, doc_id, channel_id: message.channel_id ?? "" });
}

/** The message this nonce already stands for, if it is the same message to the same place. */
export async function sameNonce(
  tx: Tx,
  actor: Actor,
  draft: Draft,
  target: { channel_id: string } | { thread_root_id: string },
): Promise<Message | undefined> {
  if (draft.nonce === undefined) return undefined;
  const seen = await queries.messageByNonce(tx, actor.user.id, draft.nonce);
  if (!seen) return undefined;
  const { message } = seen;
  const samePlace =
    "channel_id" in target
      ? message.channel_id === target.channel_id && message.parent_message_id === undefined
      : message.parent_message_id === target.thread_root_id;
  // An edit or a deletion later on must not turn an honest retry into a conflict.
  const sameText = message.body === draft.body || message.edited_at !== undefined || message.deleted_at !== undefined;
  const same =
    samePlace &&
    sameText &&
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

export interface MessagePage {
  messages: Message[];
  oldest_seq: number;
  newest_seq: number;
  has_older: boolean;
  has_newer: boolean;
}

export async function readPage(
  db: Database,
  actor: Actor,
  channel_id: string,
  window: Window,
  limit: number,
): Promise<MessagePage> {
  return db.read(async (tx) => {
    await requireChannel(tx, actor, channel_id, "read");
    const source = {
      below: (seq: number | undefined, count: number) => queries.rootsBelow(tx, channel_id, seq, count),
      above: (seq: number, count: number) => queries.rootsAbove(tx, channel_id, seq, count),
    };
    const { rows, has_older, has_newer } = await readWindow(source, window, limit);
    await dress(tx, rows, actor);
    return {
      messages: rows,
      oldest_seq: rows[0]?.channel_seq ?? 0,
      newest_seq: rows.at(-1)?.channel_seq ?? 0,
      has_older,
      has_newer,
    };
  });
}

/** Adds what depends on the reader. */
export async function dress(tx: Tx, messages: Message[], actor: Actor): Promise<void> {
  const reactions = await queries.reactionsOf(
    tx,
    messages.map((one) => one.id),
    actor.user.id,
  );
  for (const message of messages) message.reactions = reactions.get(message.id) ?? [];
}

export async function forReader(tx: Tx, message: Message, actor: Actor): Promise<Message> {
  await dress(tx, [message], actor);
  return message;
}

/** A message the actor may reach, with its channel. Another's hidden message is not found. */
export async function requireMessage(
  tx: Tx,
  actor: Actor,
  message_id: string,
  want: "read" | "write",
): Promise<{ message: Message; doc_id: number; channel: ChannelAccess }> {
  const stored = await queries.messageById(tx, message_id);
  if (!stored?.message.channel_id) throw notFound("message");
  try {
    return { ...stored, channel: await requireChannel(tx, actor, stored.message.channel_id, want) };
  } catch (error) {
    throw error instanceof AppError && error.code === "not_found" ? notFound("message") : error;
  }
}

export async function readMessage(db: Database, actor: Actor, message_id: string): Promise<Message> {
  return db.read(async (tx) => forReader(tx, (await requireMessage(tx, actor, message_id, "read")).message, actor));
}

/** What a nonce of the actor's became, so a client recovers after a lost answer. */
export async function findByNonce(
  db: Database,
  actor: Actor,
  workspace_id: string,
  nonce: string,
): Promise<Message | undefined> {
  return db.read(async (tx) => {
    await requireMember(tx, actor, workspace_id);
    const stored = await queries.messageByNonce(tx, actor.user.id, nonce.trim());
    if (!stored) return undefined;
    if (stored.message.workspace_id !== workspace_id) throw conflict("this nonce was used in another workspace");
    await requireMessage(tx, actor, stored.message.id, "read");
    return forReader(tx, stored.message, actor);
  });
}

export async function editMessage(db: Database, actor: Actor, message_id: string, text: string): Promise<Sent> {
  const body = requireBody(text);
  return db.write(async (tx) => {
    const { message, doc_id, channel } = await requireMessage(tx, actor, message_id, "write");
    if (message.author_id !== actor.user.id) throw forbidden("only the author can edit a message");
    if (message.deleted_at !== undefined) throw invalid("message_id", "a deleted message cannot be edited");
    if (message.body === body) return { message: await forReader(tx, message, actor) };
    await queries.updateBody(tx, message_id, body, actor.at);
    await unindexMessage(tx, doc_id);
    const edited = { ...message, body, edited_at: actor.at };
    await indexMessage(tx, { ...edited, doc_id, channel_id: channel.id });
    const event = await appendEvent(tx, changeEvent("message.updated", edited, channel, actor.at));
    return { message: await forReader(tx, edited, actor), event };
  });
}

/** Wipes the body; author or manager. A second time is done already and says nothing. */
export async function deleteMessage(db: Database, actor: Actor, message_id: string): Promise<Sent> {
  return db.write(async (tx) => {
    const { message, doc_id, channel } = await requireMessage(tx, actor, message_id, "read");
    if (message.author_id !== actor.user.id && !isManager(channel.role)) {
      throw forbidden("only the author, an owner or a moderator can delete a message");
    }
    if (message.deleted_at !== undefined) return { message: await forReader(tx, message, actor) };
    await queries.wipeMessage(tx, message_id, actor.at);
    await unindexMessage(tx, doc_id);
    const deleted = { ...message, body: "", deleted_at: actor.at, reactions: [] };
    const event = await appendEvent(tx, changeEvent("message.deleted", deleted, channel, actor.at));
    if (message.parent_message_id !== undefined) await replyLeft(tx, message.parent_message_id, channel, actor.at);
    return { message: deleted, event };
  });
}

function changeEvent(
  type: "message.updated" | "message.deleted",
  message: Message,
  channel: ChannelAccess,
  at: string,
) {
  return {
    type,
    topic: messageTopic(channel),
    workspace_id: channel.workspace_id,
    channel_id: channel.id,
    ...(message.channel_seq !== undefined && { seq: message.channel_seq }),
    payload: { message_id: message.id, root_message_id: message.thread_root_id },
    created_at: at,
  };
}

/** A deleted reply no longer counts, nor does it name its author in the thread's summary. */
async function replyLeft(tx: Tx, root_id: string, channel: ChannelAccess, at: string): Promise<void> {
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
  await appendEvent(tx, {
    type: "thread.state_updated",
    topic: messageTopic(channel),
    workspace_id: channel.workspace_id,
    channel_id: channel.id,
    payload: { root_message_id: root_id },
    created_at: at,
  });
}
