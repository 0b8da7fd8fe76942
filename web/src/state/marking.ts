import { ClickClackError, type CoreClient } from "@clickclack/sdk";
import type { Conversation } from "./conversations.svelte.ts";
import type { Stores } from "./stores.ts";

/** A busy channel that is being read moves its marker once in this time, not with every message. */
const PAUSE_MS = 1000;

/**
 * Moves the reader's markers. The badge goes at once; the server's own counts come back as an event, in
 * their place among the messages, so its answer is not used.
 */
export class Marking {
  readonly #client: CoreClient;
  readonly #stores: Pick<Stores, "channels" | "directs">;
  readonly #wanted = new Map<string, number>();
  readonly #busy = new Set<string>();

  constructor(client: CoreClient, stores: Pick<Stores, "channels" | "directs">) {
    this.#client = client;
    this.#stores = stores;
  }

  /** Everything up to `seq` has been seen. */
  read({ id, unread_count, mention_count }: Conversation, seq: number): void {
    if (!unread_count && !mention_count) return;
    const list = id.startsWith("dm_") ? this.#stores.directs : this.#stores.channels;
    list.read(id, { last_read_seq: seq, unread_count: 0, mention_count: 0 });
    this.#wanted.set(id, Math.max(seq, this.#wanted.get(id) ?? 0));
    void this.#send(id);
  }

  /** The line is back: what could not be said is said now. */
  again(): void {
    for (const id of this.#wanted.keys()) void this.#send(id);
  }

  clear(): void {
    this.#wanted.clear();
  }

  async #send(id: string): Promise<void> {
    const seq = this.#wanted.get(id);
    if (seq === undefined || this.#busy.has(id)) return;
    this.#busy.add(id);
    this.#wanted.delete(id);
    const again = await this.#mark(id, seq);
    setTimeout(() => {
      this.#busy.delete(id);
      if (again) void this.#send(id);
    }, PAUSE_MS);
  }

  /** Answers whether a newer one may follow by itself; without a line it waits for `again`. */
  async #mark(id: string, seq: number): Promise<boolean> {
    try {
      const api = id.startsWith("dm_") ? this.#client.dms : this.#client.channels;
      await api.markRead(id, seq);
      return true;
    } catch (error) {
      const later = error instanceof ClickClackError && (error.status === 0 || error.status >= 500);
      if (later) this.#wanted.set(id, Math.max(seq, this.#wanted.get(id) ?? 0));
      return !later;
    }
  }
}
