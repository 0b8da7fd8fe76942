import type { ClickClackEvent, Message } from "@clickclack/protocol";
import { isNews, type Stores } from "./stores.ts";
import { deleted, placeOf, reacted, withThread } from "./messages.ts";

type Created = Extract<ClickClackEvent, { type: "message.created" }>;
type Replied = Extract<ClickClackEvent, { type: "thread.reply_created" }>;

/** What was said, changed, taken back, answered and reacted to. */
export function applyMessage(stores: Stores, event: ClickClackEvent): void {
  const { session, people, timelines, thread, pins, saved } = stores;
  switch (event.type) {
    case "message.created":
      return created(stores, event);
    case "thread.reply_created":
      return replied(stores, event);
    case "message.updated": {
      const message = event.payload.message;
      if (!message) return;
      people.add(message.author);
      if (!message.parent_message_id) timelines.upsert(placeOf(message), message);
      return thread.upsert(message);
    }
    case "message.deleted":
      saved.remove(event.payload.message_id);
      return everywhere(stores, event.payload.message_id, (row) => deleted(row, event.created_at));
    case "thread.state_updated": {
      const state = event.payload.thread_state;
      if (!state) return;
      return everywhere(stores, event.payload.root_message_id, (row) => withThread(row, state));
    }
    case "reaction.added":
    case "reaction.removed": {
      const { message_id, emoji, count, user_id } = event.payload;
      const mine = user_id === session.me?.id ? { mine: event.type === "reaction.added" } : {};
      return everywhere(stores, message_id, (row) => reacted(row, { emoji, count, ...mine }));
    }
    case "saved.added": {
      const place = event.channel_id ?? event.payload.direct_conversation_id ?? "";
      return saved.add(event.payload.message_id, { saved_at: event.created_at, place });
    }
    case "saved.removed":
      return saved.remove(event.payload.message_id);
    case "pin.added":
      return pins.add(event.payload.channel_id, event.payload.message_id);
    case "pin.removed":
      return pins.remove(event.payload.channel_id, event.payload.message_id);
  }
}

/** A new root: its row, the author's optimistic twin, the counters, the typing line. */
function created(stores: Stores, event: Created): void {
  const { message, mention_scope } = event.payload;
  if (!message) return;
  const key = met(stores, message);
  const place = placeOf(message);
  stores.timelines.upsert(place, message, key);
  const { seq } = event;
  const conversations = message.channel_id ? stores.channels : stores.directs;
  const conversation = conversations.get(place);
  if (seq === undefined || !conversation) return;
  // A direct conversation that was closed comes back with the next message.
  if (conversation.hidden && !message.channel_id) stores.directs.patch(place, { hidden: false });
  const me_id = stores.session.me?.id ?? "";
  if (message.author_id === me_id) return conversations.advance(place, seq);
  const mentions = event.mentioned_user_ids?.includes(me_id) || mention_scope === "channel";
  const counts = event.payload.kind === undefined || event.payload.kind === "message";
  // A sequence tells by itself whether the counters have it already.
  conversations.arrived(place, seq, { counts, mentions });
}

function replied(stores: Stores, event: Replied): void {
  const { message } = event.payload;
  if (!message) return;
  stores.thread.upsert(message, met(stores, message));
  const root = stores.timelines.find(message.thread_root_id) ?? stores.thread.root;
  if (!isNews(stores, event) || !stores.follows.isNews(event.cursor)) return;
  const me_id = stores.session.me?.id ?? "";
  stores.follows.replied(message, {
    mine: message.author_id === me_id,
    mentioned: event.mentioned_user_ids?.includes(me_id) ?? false,
    root_mine: root?.id === message.thread_root_id && root.author_id === me_id,
  });
}

/** Whoever wrote it has stopped typing; answers the key of the optimistic row it replaces. */
function met({ session, people, presence, sending }: Stores, message: Message): string | undefined {
  people.add(message.author);
  people.add(message.quoted_author);
  presence.stopTyping(placeOf(message), message.author_id);
  return message.author_id === session.me?.id ? sending.settle(message.nonce) : undefined;
}

function everywhere(stores: Stores, message_id: string, next: (row: Message) => Message): void {
  stores.timelines.change(message_id, next);
  stores.thread.change(message_id, next);
}
