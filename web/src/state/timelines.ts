import type { Message } from "@clickclack/protocol";
import { Timeline } from "./timeline.svelte.ts";

/** Channels whose windows stay in memory; the least recently opened goes first. */
const CHANNELS_KEPT = 12;

/** The windows of recently opened channels. */
export class Timelines {
  readonly #byChannel = new Map<string, Timeline>();

  get(channel_id: string): Timeline | undefined {
    return this.#byChannel.get(channel_id);
  }

  /** Opens a channel's window and makes it the most recent. */
  open(channel_id: string): Timeline {
    const timeline = this.#byChannel.get(channel_id) ?? new Timeline(channel_id);
    this.#byChannel.delete(channel_id);
    this.#byChannel.set(channel_id, timeline);
    for (const oldest of this.#byChannel.keys()) {
      if (this.#byChannel.size <= CHANNELS_KEPT) break;
      this.#byChannel.delete(oldest);
    }
    return timeline;
  }

  upsert(channel_id: string | undefined, message: Message, key?: string): void {
    if (channel_id !== undefined) this.#byChannel.get(channel_id)?.upsert(message, key);
  }

  /** Changes a message wherever it is shown. */
  change(message_id: string, next: (row: Message) => Message): void {
    for (const timeline of this.#byChannel.values()) timeline.change(message_id, next);
  }

  find(message_id: string): Message | undefined {
    for (const timeline of this.#byChannel.values()) {
      const row = timeline.find(message_id);
      if (row) return row;
    }
    return undefined;
  }

  /** Every window but one: after a resync only the open channel is fetched again at once. */
  dropExcept(channel_id: string | undefined): void {
    for (const id of [...this.#byChannel.keys()]) if (id !== channel_id) this.#byChannel.delete(id);
  }
}
