import type { Channel, DirectConversation } from "@clickclack/protocol";
import { SvelteMap } from "svelte/reactivity";

/** What is talked in: both have messages, a marker and counters. */
export type Conversation = Channel | DirectConversation;

export function isDirect(conversation: Conversation): conversation is DirectConversation {
  return "members" in conversation;
}

/** Where the reader stands in a conversation nobody has written in yet. */
const FRESH = {
  last_seq: 0,
  last_read_seq: 0,
  unread_count: 0,
  mention_count: 0,
  hidden: false,
  preference: "all",
} as const;

/** Where the server says the reader stands. */
export interface Receipt {
  last_read_seq: number;
  unread_count: number;
  mention_count: number;
}

/**
 * Conversations of one kind with the server's own counters. Every message that counts raises them by one,
 * every marker sets them; they are never a sum of what is loaded.
 */
export class Conversations<T extends Conversation> {
  protected readonly byId = new SvelteMap<string, T>();
  /** The newest message of somebody else that is in the counters; one's own answers may overtake theirs. */
  readonly #heard = new Map<string, number>();
  /** Where the log was when one of them was fetched by itself. */
  readonly #countedAt = new Map<string, string>();

  get(id: string | undefined): T | undefined {
    return id === undefined ? undefined : this.byId.get(id);
  }

  byRoute(route_id: string | undefined): T | undefined {
    for (const one of this.byId.values()) if (one.route_id === route_id || one.id === route_id) return one;
    return undefined;
  }

  /** Everything at once, from a fetch. */
  load(all: T[]): void {
    this.byId.clear();
    this.#heard.clear();
    this.#countedAt.clear();
    for (const one of all) this.put(one);
  }

  /** One conversation with its counters, from a fetch at a position of the log. */
  put(one: T, counted_at?: string): void {
    this.byId.set(one.id, { ...FRESH, ...one });
    this.#heard.set(one.id, one.last_seq ?? 0);
    if (counted_at !== undefined) this.#countedAt.set(one.id, counted_at);
  }

  /** Whether its counters were fetched before this happened. */
  isNews(id: string, cursor: string): boolean {
    return cursor === "" || cursor > (this.#countedAt.get(id) ?? "");
  }

  /** Frames go to everybody, so what is the reader's own stays as it was; all else is the newer one's. */
  upsert(one: T): void {
    const known = this.byId.get(one.id);
    if (!known) return this.put(one);
    const { last_read_seq, unread_count, mention_count, hidden, preference } = known;
    const last_seq = Math.max(one.last_seq ?? 0, known.last_seq ?? 0);
    const mine = { last_read_seq, unread_count, mention_count, hidden, preference, last_seq };
    const kept = "can_send" in known ? { can_send: known.can_send } : {};
    this.byId.set(one.id, { ...kept, ...one, ...mine });
  }

  patch(id: string, patch: Partial<T>): void {
    const known = this.byId.get(id);
    if (known) this.byId.set(id, { ...known, ...patch });
  }

  remove(id: string): void {
    this.byId.delete(id);
    this.#heard.delete(id);
    this.#countedAt.delete(id);
  }

  /** Somebody else's message arrived: it is unread if it counts, and may call the reader. */
  arrived(id: string, seq: number, { counts, mentions }: { counts: boolean; mentions: boolean }): void {
    const known = this.byId.get(id);
    if (!known || seq <= (this.#heard.get(id) ?? 0)) return;
    this.#heard.set(id, seq);
    const unread = counts && !this.silent(known) && seq > (known.last_read_seq ?? 0);
    this.byId.set(id, {
      ...known,
      last_seq: Math.max(known.last_seq ?? 0, seq),
      unread_count: (known.unread_count ?? 0) + (unread ? 1 : 0),
      mention_count: (known.mention_count ?? 0) + (unread && mentions ? 1 : 0),
    });
  }

  /** One's own message moves the end, and is never unread. */
  advance(id: string, seq: number): void {
    const known = this.byId.get(id);
    if (known && (known.last_seq ?? 0) < seq) this.byId.set(id, { ...known, last_seq: seq });
  }

  read(id: string, { last_read_seq, unread_count, mention_count }: Receipt): void {
    const known = this.byId.get(id);
    if (known) this.byId.set(id, { ...known, last_read_seq, unread_count, mention_count });
  }

  settings(id: string, { preference, hidden }: Pick<Channel, "preference" | "hidden">): void {
    const known = this.byId.get(id);
    if (!known) return;
    const changed = { ...known, preference, hidden };
    this.byId.set(id, this.silent(changed) ? { ...changed, unread_count: 0, mention_count: 0 } : changed);
  }

  /** A channel that was left counts nothing; a closed direct conversation goes on counting. */
  protected silent(one: T): boolean {
    return one.hidden === true && !isDirect(one);
  }
}
