import type { Message } from "@clickclack/protocol";
import { SvelteMap } from "svelte/reactivity";
import type { Receipt } from "./conversations.svelte.ts";
import { placeOf } from "./messages.ts";

/** A followed thread: where the reader stands in it, and the conversation it is in. */
interface Followed extends Receipt {
  place: string;
}

/** The threads the reader follows, with the server's own counters. */
export class Follows {
  readonly #byRoot = new SvelteMap<string, Followed>();
  /** Where the log was when they were fetched. */
  #counted_at = "";

  get(root_id: string): Followed | undefined {
    return this.#byRoot.get(root_id);
  }

  entries(): [string, Followed][] {
    return [...this.#byRoot];
  }

  load(threads: (Receipt & { root: Message })[], counted_at = ""): void {
    this.#counted_at = counted_at;
    this.#byRoot.clear();
    for (const { root, ...receipt } of threads) this.#put(root.id, placeOf(root), receipt);
  }

  isNews(cursor: string): boolean {
    return cursor === "" || cursor > this.#counted_at;
  }

  /** Where the reader stands now; who does not follow stands nowhere. */
  set(root_id: string, place: string, receipt: Receipt & { following: boolean }): void {
    if (receipt.following) this.#put(root_id, place, receipt);
    else this.#byRoot.delete(root_id);
  }

  /** A reply: who writes or is mentioned follows from there, and whoever began the thread from its beginning. */
  replied(
    reply: Message,
    { mine, mentioned, root_mine }: { mine: boolean; mentioned: boolean; root_mine: boolean },
  ): void {
    const root_id = reply.thread_root_id;
    const seq = reply.thread_seq ?? 0;
    const known = this.#byRoot.get(root_id);
    if (mine) {
      if (!known)
        this.#put(root_id, placeOf(reply), { last_read_seq: root_mine ? 0 : seq, unread_count: 0, mention_count: 0 });
      return;
    }
    if (!known && !mentioned && !root_mine) return;
    const before = known ?? { last_read_seq: root_mine ? 0 : seq - 1, unread_count: 0, mention_count: 0 };
    this.#put(root_id, placeOf(reply), {
      ...before,
      unread_count: before.unread_count + 1,
      mention_count: before.mention_count + (mentioned ? 1 : 0),
    });
  }

  /** The reader may not see that conversation any more. */
  drop(place: string): void {
    for (const [root_id, one] of this.#byRoot) if (one.place === place) this.#byRoot.delete(root_id);
  }

  #put(root_id: string, place: string, { last_read_seq, unread_count, mention_count }: Receipt): void {
    this.#byRoot.set(root_id, { place, last_read_seq, unread_count, mention_count });
  }
}
