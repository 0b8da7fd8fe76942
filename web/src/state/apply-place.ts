import type { ClickClackEvent } from "@clickclack/protocol";
import { isNews, type Stores } from "./stores.ts";

/** Channels, direct conversations and threads: what there is, who may see it, and where the reader stands. */
export function applyPlace(stores: Stores, event: ClickClackEvent): void {
  const { channels, directs, follows, session, workspaces } = stores;
  switch (event.type) {
    case "channel.created":
    case "channel.updated":
      if (event.payload.channel) channels.upsert(event.payload.channel);
      return;
    case "channel.member_removed":
      if (event.payload.user_id === session.me?.id) leaveChannel(stores, event.payload.channel_id);
      return;
    case "channel.read":
      if (isNews(stores, event)) channels.read(event.payload.channel_id, event.payload);
      return;
    case "channel.settings_updated":
      if (isNews(stores, event)) channels.settings(event.payload.channel_id, settingsOf(event.payload));
      return;
    case "dm.created":
      if (event.payload.conversation) directs.upsert({ can_send: true, ...event.payload.conversation });
      return;
    case "dm.read":
      if (isNews(stores, event)) directs.read(event.payload.direct_conversation_id, event.payload);
      return;
    case "dm.settings_updated":
      if (isNews(stores, event)) directs.settings(event.payload.direct_conversation_id, settingsOf(event.payload));
      return;
    case "thread.read":
    case "thread.follow_updated":
      if (isNews(stores, event)) follows.set(event.payload.root_message_id, placeIn(event), event.payload);
      return;
    case "workspace.updated":
      if (event.payload.workspace) workspaces.upsert(event.payload.workspace);
      return;
  }
}

function placeIn({ channel_id, payload }: Extract<ClickClackEvent, { type: "thread.read" | "thread.follow_updated" }>) {
  return channel_id ?? payload.direct_conversation_id ?? "";
}

function settingsOf({ preference, hidden }: { preference: string; hidden: boolean }) {
  return { preference: preference as "all" | "mentions" | "muted", hidden };
}

/** Whoever is not in it any more keeps nothing of it. */
function leaveChannel({ channels, timelines, thread, follows, pins }: Stores, channel_id: string): void {
  channels.remove(channel_id);
  timelines.drop(channel_id);
  pins.drop(channel_id);
  follows.drop(channel_id);
  if (thread.root?.channel_id === channel_id) thread.close();
}
