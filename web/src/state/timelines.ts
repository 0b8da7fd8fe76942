import type { Message } from "@clickclack/protocol";
import { Timeline } from "./timeline.svelte.ts";

/** Conversations whose windows stay in memory; the least recently opened goes first. */
const WINDOWS_KEPT = 12;

/** The windows of recently opened conversations. */
export class Timelines {
  readonly #byPlace = new Map<string, Timeline>();

  get(conversation_id: string): Timeline | undefined {
    return this.#byPlace.get(conversation_id);
  }

  /** Opens a conversation's window and makes it the most recent. */
  open(conversation_id: string): Timeline {
    const timeline = this.#byPlace.get(conversation_id) ?? new Timeline(conversation_id);
    this.#byPlace.delete(conversation_id);
    this.#byPlace.set(conversation_id, timeline);
    for (const oldest of this.#byPlace.keys()) {
      if (this.#byPlace.size <= WINDOWS_KEPT) break;
      this.#byPlace.delete(oldest);
    }
    return timeline;
  }

  upsert(conversation_id: string, message: Message, key?: string): void {
    this.#byPlace.get(conversation_id)?.upsert(message, key);
  }

  /** Changes a message wherever it is shown. */
  change(message_id: string, next: (row: Message) => Message): void {
    for (const timeline of this.#byPlace.values()) timeline.change(message_id, next);
  }

  find(message_id: string): Message | undefined {
    for (const timeline of this.#byPlace.values()) {
      const row = timeline.find(message_id);
      if (row) return row;
    }
    return undefined;
  }

  drop(conversation_id: string): void {
    this.#byPlace.delete(conversation_id);
  }

  /** Drops the windows of conversations that the reader may not see any more. */
  prune(isThere: (conversation_id: string) => boolean): void {
    for (const id of [...this.#byPlace.keys()]) if (!isThere(id)) this.#byPlace.delete(id);
  }

  /** Every window but one: after a resync only the open conversation is fetched again at once. */
  dropExcept(conversation_id: string | undefined): void {
    for (const id of [...this.#byPlace.keys()]) if (id !== conversation_id) this.#byPlace.delete(id);
  }
}
