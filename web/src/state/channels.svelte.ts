import type { Channel } from "@clickclack/protocol";
import { Conversations } from "./conversations.svelte.ts";

/** The channels of the open workspace, by name. */
export class Channels extends Conversations<Channel> {
  readonly list = $derived([...this.byId.values()].sort(byName));
  /** What the sidebar shows: what was left is not there until one comes back. */
  readonly active = $derived(this.list.filter((channel) => !isArchived(channel) && !channel.hidden));
  readonly archived = $derived(this.list.filter((channel) => isArchived(channel) && !channel.hidden));
}

function byName(a: Channel, b: Channel): number {
  return a.name.localeCompare(b.name);
}

export function isArchived(channel: Channel): boolean {
  return Boolean(channel.archived_at);
}
