import type { DirectConversation } from "@clickclack/protocol";
import { Conversations } from "./conversations.svelte.ts";

/** The reader's direct conversations in the open workspace, the newest first. */
export class Directs extends Conversations<DirectConversation> {
  /** Closed ones stay known, for the message that opens them again. */
  readonly list = $derived(
    [...this.byId.values()].filter((one) => !one.hidden).sort((a, b) => (a.created_at < b.created_at ? 1 : -1)),
  );

  /** Whether anybody is left to write to, as the server has it. */
  settle(all: DirectConversation[]): void {
    for (const { id, can_send } of all) if (this.get(id)?.can_send !== can_send) this.patch(id, { can_send });
  }

  include(user_id: string): boolean {
    return this.list.some((one) => one.members.some((user) => user.id === user_id));
  }
}
