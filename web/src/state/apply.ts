import type { ClickClackEvent, Message } from "@clickclack/protocol";
import type { Channels } from "./channels.svelte.ts";
import { deleted, reacted, withThread } from "./messages.ts";
import type { People } from "./people.svelte.ts";
import type { Presence } from "./presence.svelte.ts";
import type { Sending } from "./sending.svelte.ts";
import type { Session } from "./session.svelte.ts";
import type { Thread } from "./thread.svelte.ts";
import type { Timelines } from "./timelines.ts";
import type { Workspaces } from "./workspaces.svelte.ts";

/** What an event may change. */
export interface Stores {
  session: Session;
  workspaces: Workspaces;
  channels: Channels;
  people: People;
  presence: Presence;
  timelines: Timelines;
  thread: Thread;
  sending: Sending;
}

/**
 * The one way in for everything that changed: live events, replayed events, and the events that
 * ride in HTTP replies. Applying one twice, or a reply after its event, changes nothing.
 */
export function apply(stores: Stores, event: ClickClackEvent): void {
  const { session, workspaces, channels, people, presence, timelines, thread } = stores;
  switch (event.type) {
    case "message.created":
      return created(stores, event.payload.message, event.seq);
    case "thread.reply_created":
      return created(stores, event.payload.message, undefined);
    case "message.updated": {
      const message = event.payload.message;
      if (!message) return;
      people.add(message.author);
      timelines.upsert(message.parent_message_id ? undefined : message.channel_id, message);
      return thread.upsert(message);
    }
    case "message.deleted":
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
    case "channel.created":
    case "channel.updated":
      if (event.payload.channel) channels.upsert(event.payload.channel);
      return;
    case "workspace.updated":
      if (event.payload.workspace) workspaces.upsert(event.payload.workspace);
      return;
    case "user.updated":
      people.add(event.payload.user);
      if (event.payload.user) session.update(event.payload.user);
      return;
    case "presence.changed":
      return presence.set(event.payload.user_id, event.payload.status);
    case "typing.started":
      if (event.payload.user_id === session.me?.id || !event.channel_id) return;
      return presence.startTyping(event.channel_id, event.payload.user_id, Date.now());
    case "typing.stopped":
      if (event.channel_id) presence.stopTyping(event.channel_id, event.payload.user_id);
      return;
  }
}

/** A new root or reply: its row, the author's optimistic twin, the channel's head, the typing line. */
function created(stores: Stores, message: Message | undefined, seq: number | undefined): void {
  if (!message) return;
  const { session, people, presence, channels, timelines, thread, sending } = stores;
  const mine = message.author_id === session.me?.id;
  people.add(message.author);
  people.add(message.quoted_author);
  const key = mine ? sending.settle(message.nonce) : undefined;
  if (message.parent_message_id) thread.upsert(message, key);
  else timelines.upsert(message.channel_id, message, key);
  if (!message.channel_id) return;
  presence.stopTyping(message.channel_id, message.author_id);
  if (seq !== undefined) channels.advance(message.channel_id, seq, mine);
}

function everywhere(stores: Stores, message_id: string, next: (row: Message) => Message): void {
  stores.timelines.change(message_id, next);
  stores.thread.change(message_id, next);
}
