import type { ClickClackEvent, Member } from "@clickclack/protocol";
import type { Stores } from "./stores.ts";

/** Who is in the workspace, who is here, and who is writing. */
export function applyPeople(stores: Stores, event: ClickClackEvent): void {
  const { session, people, presence, members } = stores;
  switch (event.type) {
    case "member.joined":
    case "member.updated":
      return members.set(event.payload.user_id, event.payload.role as Member["role"]);
    case "member.left":
      members.remove(event.payload.user_id);
      return presence.set(event.payload.user_id, "offline");
    case "user.updated":
      people.add(event.payload.user);
      if (event.payload.user) session.update(event.payload.user);
      return;
    case "presence.changed":
      return presence.set(event.payload.user_id, event.payload.status);
    case "typing.started": {
      const place = placeOfTyping(event);
      if (event.payload.user_id === session.me?.id || !place) return;
      return presence.startTyping(place, event.payload.user_id, Date.now());
    }
    case "typing.stopped": {
      const place = placeOfTyping(event);
      if (place) presence.stopTyping(place, event.payload.user_id);
    }
  }
}

function placeOfTyping({ channel_id, payload }: ClickClackEvent): string | undefined {
  const { channel_id: channel, direct_conversation_id: direct } = payload as Record<string, string | undefined>;
  return channel_id ?? channel ?? direct;
}
