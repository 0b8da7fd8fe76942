import type { DirectConversation } from "@clickclack/protocol";
import { Conversations } from "./conversations.svelte.ts";

/** The reader's direct conversations in the open workspace, the newest first. */
export class Directs extends Conversations<DirectConversation> {
  /** Closed ones stay known, for the message that opens them again. */
  readonly list = $derived(
    [...this.byId.values()].filter((one) => !one.hidden).sort((a, b) => (a.created_at < b.created_at ? 1 : -1)),
  );

  /** Somebody left the workspace, or came back: who can still be written to follows from who is here. */
  settle(me_id: string | undefined, isGone: (user_id: string) => boolean): void {
    for (const one of this.byId.values()) {
      const others = one.members.filter((user) => user.id !== me_id);
      const can_send = others.length === 0 || others.some((user) => !isGone(user.id));
      if (can_send !== one.can_send) this.patch(one.id, { can_send });
    }
  }
}
