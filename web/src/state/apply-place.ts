import type { ClickClackEvent } from "@clickclack/protocol";
import { isNews, type Stores } from "./stores.ts";

/** Channels, direct conversations and threads: what there is, who may see it, and where the reader stands. */
export function applyPlace(stores: Stores, event: ClickClackEvent): void {
  const { channels, directs, session, workspaces } = stores;
  switch (event.type) {
    case "channel.created":
    case "channel.updated":
      if (event.payload.channel) channels.upsert(event.payload.channel);
      return;
    case "channel.member_removed":
      if (event.payload.user_id === session.me?.id) leaveChannel(stores, event.payload.channel_id);
      return;
    case "channel.read":
    case "channel.settings_updated":
    case "dm.read":
    case "dm.settings_updated":
    case "thread.read":
    case "thread.follow_updated":
      return isNews(stores, event) ? stand(stores, event) : undefined;
    case "dm.created":
      if (event.payload.conversation) directs.upsert({ can_send: true, ...event.payload.conversation });
      return;
    case "workspace.updated":
      if (event.payload.workspace) workspaces.upsert(event.payload.workspace);
      return;
  }
}

type Standing = Extract<
  ClickClackEvent,
  {
    type:
      | "channel.read"
      | "channel.settings_updated"
      | "dm.read"
      | "dm.settings_updated"
      | "thread.read"
      | "thread.follow_updated";
  }
>;

/** Where the reader stands, or what they want to hear, changed on this or another of their devices. */
function stand({ channels, directs, follows }: Stores, event: Standing): void {
  const { cursor } = event;
  switch (event.type) {
    case "thread.read":
    case "thread.follow_updated": {
      const place = event.channel_id ?? event.payload.direct_conversation_id ?? "";
      if (follows.isNews(cursor)) follows.set(event.payload.root_message_id, place, event.payload);
      return;
    }
    case "channel.read": {
      const id = event.payload.channel_id;
      if (channels.isNews(id, cursor)) channels.read(id, event.payload);
      return;
    }
    case "dm.read": {
      const id = event.payload.direct_conversation_id;
      if (directs.isNews(id, cursor)) directs.read(id, event.payload);
      return;
    }
    case "channel.settings_updated": {
      const id = event.payload.channel_id;
      if (channels.isNews(id, cursor)) channels.settings(id, settingsOf(event.payload));
      return;
    }
    case "dm.settings_updated": {
      const id = event.payload.direct_conversation_id;
      if (directs.isNews(id, cursor)) directs.settings(id, settingsOf(event.payload));
    }
  }
}

function settingsOf({ preference, hidden }: { preference: string; hidden: boolean }) {
  return { preference: preference as "all" | "mentions" | "muted", hidden };
}

/** Whoever is not in it any more keeps nothing of it. */
function leaveChannel(
  { channels, timelines, thread, follows, pins, saved, shelves }: Stores,
  channel_id: string,
): void {
  channels.remove(channel_id);
  timelines.drop(channel_id);
  pins.drop(channel_id);
  follows.drop(channel_id);
  saved.drop(channel_id);
  shelves.drop(channel_id);
  if (thread.root?.channel_id === channel_id) thread.close();
}
