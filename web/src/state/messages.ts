import type { Message, Reaction, ThreadState } from "@clickclack/protocol";

/** Rows of a channel or thread are plain immutable messages; these functions make the next version. */

/** A message as a fresh fetch would give it: frames leave out what is empty or depends on the reader. */
export function complete(message: Message): Message {
  const root = message.parent_message_id ? undefined : (message.thread_state ?? noReplies(message.id));
  return {
    ...message,
    reactions: message.reactions ?? [],
    attachments: message.attachments ?? [],
    ...(root ? { thread_state: root } : {}),
  };
}

/**
 * Merges what arrived into what is shown. Replies of slow requests may be older than events that
 * came over the socket meanwhile, so a deletion stays and the newer edit wins.
 */
export function merge(known: Message, arrived: Message): Message {
  if (known.deleted_at && !arrived.deleted_at) return known;
  if ((known.edited_at ?? "") > (arrived.edited_at ?? "")) return known;
  // What arrived is whole, so a topic it does not name was taken off.
  const { topic_id: _before, ...rest } = known;
  return complete({
    ...rest,
    ...arrived,
    reactions: arrived.reactions ?? known.reactions,
    attachments: arrived.attachments ?? known.attachments,
    thread_state: arrived.thread_state ?? known.thread_state,
  });
}

export function deleted(message: Message, deleted_at: string): Message {
  if (message.deleted_at) return message;
  return { ...message, body: "", deleted_at, reactions: [], attachments: [] };
}

/** `count` is the server's, so applying the same event twice changes nothing. */
export function reacted(message: Message, change: { emoji: string; count: number; mine?: boolean }): Message {
  if (message.deleted_at) return message;
  const known = message.reactions?.find((one) => one.emoji === change.emoji);
  const others = (message.reactions ?? []).filter((one) => one.emoji !== change.emoji);
  if (change.count <= 0) return { ...message, reactions: others };
  const mine = change.mine ?? known?.reacted_by_me ?? false;
  const one: Reaction = { emoji: change.emoji, count: change.count, reacted_by_me: mine };
  return { ...message, reactions: [...others, one].sort(byCount) };
}

export function withThread(message: Message, thread_state: ThreadState): Message {
  return { ...message, thread_state };
}

/** The conversation a message is in. */
export function placeOf(message: Pick<Message, "channel_id" | "direct_conversation_id">): string {
  return message.channel_id ?? message.direct_conversation_id ?? "";
}

function noReplies(root_message_id: string): ThreadState {
  return { root_message_id, reply_count: 0, last_reply_author_ids: [] };
}

/** The server's order: by count, then by code point. */
function byCount(a: Reaction, b: Reaction): number {
  return b.count - a.count || (a.emoji < b.emoji ? -1 : 1);
}
