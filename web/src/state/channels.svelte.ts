import type { Channel } from "@clickclack/protocol";
import { SvelteMap } from "svelte/reactivity";
import { readJson, writeJson } from "../shared/storage.ts";

/** The channels of the open workspace, by name, and which of them have something not yet looked at. */
export class Channels {
  readonly #byId = new SvelteMap<string, Channel>();
  /** The highest sequence looked at in this browser, per channel. */
  #seen = $state.raw<Record<string, number>>({});
  #seenKey = "";

  readonly list = $derived([...this.#byId.values()].sort(byName));
  readonly active = $derived(this.list.filter((channel) => !isArchived(channel)));
  readonly archived = $derived(this.list.filter(isArchived));

  get(id: string | undefined): Channel | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  byRoute(route_id: string | undefined): Channel | undefined {
    return this.list.find((channel) => channel.route_id === route_id || channel.id === route_id);
  }

  /** Everything at once, from a fetch. A channel never seen in this browser counts as read so far. */
  load(workspace_id: string, channels: Channel[]): void {
    this.#seenKey = `clickclack:${workspace_id}:seen:v1`;
    const seen = readJson<Record<string, number>>(this.#seenKey, {});
    this.#byId.clear();
    const next: Record<string, number> = {};
    for (const channel of channels) {
      this.#byId.set(channel.id, channel);
      next[channel.id] = seen[channel.id] ?? channel.last_seq ?? 0;
    }
    this.#seen = next;
    writeJson(this.#seenKey, next);
  }

  /** Frames go to everybody, so what is the reader's own stays as it was; all else is the newer one's. */
  upsert(channel: Channel): void {
    const known = this.#byId.get(channel.id);
    const mine = known && { last_read_seq: known.last_read_seq, unread_count: known.unread_count };
    const last_seq = Math.max(channel.last_seq, known?.last_seq ?? 0);
    this.#byId.set(channel.id, { ...mine, ...channel, last_seq });
    if (this.#seen[channel.id] === undefined) this.#seen = { ...this.#seen, [channel.id]: channel.last_seq ?? 0 };
  }

  patch(channel_id: string, patch: Partial<Channel>): void {
    const known = this.#byId.get(channel_id);
    if (known) this.#byId.set(channel_id, { ...known, ...patch });
  }

  /** A message arrived at `seq`. */
  advance(channel_id: string, seq: number, mine: boolean): void {
    const known = this.#byId.get(channel_id);
    if (!known || (known.last_seq ?? 0) >= seq) return;
    this.#byId.set(channel_id, { ...known, last_seq: seq });
    if (mine && this.#seen[channel_id] === seq - 1) this.see(channel_id, seq);
  }

  see(channel_id: string, seq: number): void {
    if ((this.#seen[channel_id] ?? -1) >= seq) return;
    this.#seen = { ...this.#seen, [channel_id]: seq };
    writeJson(this.#seenKey, this.#seen);
  }

  unread(channel: Channel): boolean {
    return (channel.last_seq ?? 0) > (this.#seen[channel.id] ?? channel.last_seq ?? 0);
  }
}

function byName(a: Channel, b: Channel): number {
  return a.name.localeCompare(b.name);
}

export function isArchived(channel: Channel): boolean {
  return Boolean(channel.archived_at);
}
