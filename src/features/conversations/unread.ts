import type { Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import type { LogEvent } from "../../realtime/events.ts";
import { announceTo, type Conversation } from "./conversations.ts";
import * as queries from "./standing-queries.ts";
import type { Standing } from "./standing-queries.ts";

/** What other features need of standings. */
export { insertMention, reopenForAll, type Standing, startAtEnd } from "./standing-queries.ts";

/** Where somebody stands who never read, wrote or set anything there. */
const NOWHERE: Standing = {
  last_read_seq: 0,
  last_read_at: "",
  read_total: 0,
  read_broadcasts: 0,
  mention_count: 0,
  hidden_at: null,
  preference: "all",
};

/** Stands for everybody in a list of mentions. */
export const EVERYBODY = "*";

export async function standingOf(tx: Tx, conversation_id: string, user_id: string): Promise<Standing> {
  return (await queries.standingOf(tx, conversation_id, user_id)) ?? NOWHERE;
}

/** Numbers a new root and counts it: for its author as read, for everybody else as unread. */
export async function countRoot(
  tx: Tx,
  conversation: Conversation,
  root: { message_id: string; author_id: string; counts: boolean; mentioned: readonly string[] },
): Promise<{ channel_seq: number; posted_no: number }> {
  const broadcasts = root.mentioned.includes(EVERYBODY) ? 1 : 0;
  // A message that calls everybody is one mention, for those it names as well.
  const mentioned = broadcasts === 1 ? [EVERYBODY] : root.mentioned;
  const counts = root.counts ? 1 : 0;
  const { last_seq, posted_total } = await queries.countPosted(tx, conversation.id, { counts, broadcasts });
  if (root.counts) await queries.countOwn(tx, conversation.id, root.author_id, broadcasts);
  for (const user_id of mentioned) {
    const { message_id } = root;
    await queries.insertMention(tx, { scope_id: conversation.id, user_id, seq: last_seq, message_id });
    if (user_id !== EVERYBODY) await queries.countMention(tx, conversation.id, user_id);
  }
  return { channel_seq: last_seq, posted_no: posted_total };
}

/** A deleted root counts for nobody any more. Agent activity never did. */
export async function uncountRoot(
  tx: Tx,
  conversation_id: string,
  root: { id: string; author_id: string; channel_seq: number },
): Promise<void> {
  const mentioned = await queries.deleteMentions(tx, root.id);
  const broadcasts = mentioned.includes(EVERYBODY) ? 1 : 0;
  await queries.countGone(tx, conversation_id, broadcasts);
  await queries.countUnread(tx, conversation_id, { seq: root.channel_seq, author_id: root.author_id, broadcasts });
  for (const user_id of mentioned) {
    if (user_id !== EVERYBODY) await queries.uncountMention(tx, conversation_id, user_id, root.channel_seq);
  }
}

export interface Receipt {
  scope_id: string;
  user_id: string;
  last_read_seq: number;
  last_read_at: string;
  unread_count: number;
  mention_count: number;
}

/**
 * Moves the actor's marker: forward only (`read`), or to just before a message (`unread`). Beyond the
 * last message counts as the last. Their other devices learn it by a private event.
 */
export async function moveMarker(
  tx: Tx,
  actor: Actor,
  conversation: Pick<Conversation, "id" | "kind" | "workspace_id">,
  to: { read: number } | { unread: number },
): Promise<{ receipt: Receipt; event?: LogEvent }> {
  const { id } = conversation;
  const before = await standingOf(tx, id, actor.user.id);
  const { last_seq, message_total, broadcast_total } = await queries.totalsOf(tx, id);
  const wanted = "read" in to ? to.read : Math.max(0, to.unread - 1);
  const seq = Math.min(wanted, last_seq);
  const moves = "read" in to ? seq > before.last_read_seq : seq !== before.last_read_seq;
  if (!moves) {
    return {
      receipt: receiptOf(id, actor, before, {
        unread: message_total - before.read_total,
        mentions: before.mention_count + broadcast_total - before.read_broadcasts,
      }),
    };
  }
  const left = await queries.unreadAfter(tx, id, actor.user.id, seq);
  const after: Standing = {
    ...before,
    last_read_seq: seq,
    last_read_at: actor.at,
    read_total: message_total - left.unread,
    read_broadcasts: broadcast_total - left.broadcasts,
    mention_count: left.mentions,
  };
  await queries.putStanding(tx, id, actor.user.id, after);
  const receipt = receiptOf(id, actor, after, { unread: left.unread, mentions: left.mentions + left.broadcasts });
  return { receipt, event: await tellRead(tx, conversation, receipt, actor.at) };
}

function receiptOf(
  scope_id: string,
  actor: Actor,
  standing: Standing,
  left: { unread: number; mentions: number },
): Receipt {
  // A channel somebody left is silent, here as in their list.
  const isSilent = standing.hidden_at !== null && !scope_id.startsWith("dm_");
  return {
    scope_id,
    user_id: actor.user.id,
    last_read_seq: standing.last_read_seq,
    last_read_at: standing.last_read_at || actor.at,
    unread_count: isSilent ? 0 : left.unread,
    mention_count: isSilent ? 0 : left.mentions,
  };
}

/** Somebody who was added to a channel has read what was said before. */
export async function beginReading(
  tx: Tx,
  channel: Pick<Conversation, "id" | "kind" | "workspace_id" | "last_seq">,
  user_id: string,
  at: string,
): Promise<void> {
  await queries.startAtEnd(tx, user_id, { channel_id: channel.id }, at);
  const { last_read_seq } = await standingOf(tx, channel.id, user_id);
  if (last_read_seq !== channel.last_seq || last_read_seq === 0) return;
  const nothing = { unread_count: 0, mention_count: 0, last_read_at: at };
  await tellRead(tx, channel, { scope_id: channel.id, user_id, last_read_seq, ...nothing }, at);
}

async function tellRead(
  tx: Tx,
  conversation: Pick<Conversation, "id" | "kind" | "workspace_id">,
  receipt: Receipt,
  at: string,
): Promise<LogEvent> {
  const { id, kind } = conversation;
  const { user_id, last_read_seq, unread_count, mention_count } = receipt;
  return announceTo(tx, user_id, conversation, {
    type: kind === "dm" ? "dm.read" : "channel.read",
    seq: last_read_seq,
    payload: { user_id, ...(kind !== "dm" && { channel_id: id }), last_read_seq, unread_count, mention_count },
    created_at: at,
  });
}

/** Sets what the actor wants of a conversation; their other devices learn it by a private event. */
export async function changeSettings(
  tx: Tx,
  actor: Actor,
  conversation: Pick<Conversation, "id" | "kind" | "workspace_id">,
  settings: { preference?: Standing["preference"]; hidden?: boolean },
): Promise<LogEvent | undefined> {
  const { id, kind } = conversation;
  const before = await standingOf(tx, id, actor.user.id);
  const after = { ...before, preference: settings.preference ?? before.preference };
  if (settings.hidden !== undefined) after.hidden_at = settings.hidden ? (before.hidden_at ?? actor.at) : null;
  if (after.preference === before.preference && after.hidden_at === before.hidden_at) return undefined;
  await queries.putStanding(tx, id, actor.user.id, after);
  const payload = {
    user_id: actor.user.id,
    ...(kind !== "dm" && { channel_id: id }),
    preference: after.preference,
    hidden: after.hidden_at !== null,
  };
  const type = kind === "dm" ? "dm.settings_updated" : "channel.settings_updated";
  return announceTo(tx, actor.user.id, conversation, { type, payload, created_at: actor.at });
}

/** Somebody who comes back to a channel begins where it is now. */
export async function comeBack(tx: Tx, actor: Actor, conversation: Conversation): Promise<void> {
  if (!conversation.hidden) return;
  await changeSettings(tx, actor, conversation, { hidden: false });
  if (conversation.kind !== "dm") await moveMarker(tx, actor, conversation, { read: conversation.last_seq });
}
