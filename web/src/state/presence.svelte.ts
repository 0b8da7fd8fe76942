import { LIMITS } from "@clickclack/protocol";
import { SvelteMap, SvelteSet } from "svelte/reactivity";

/** Who has a live socket, and who is writing where. Both are hints: nothing is stored. */
export class Presence {
  readonly online = new SvelteSet<string>();
  readonly #typing = new SvelteMap<string, Map<string, number>>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  replace(user_ids: Iterable<string>): void {
    this.online.clear();
    for (const id of user_ids) this.online.add(id);
  }

  set(user_id: string, status: string | undefined): void {
    if (status === "offline") this.online.delete(user_id);
    else this.online.add(user_id);
  }

  startTyping(channel_id: string, user_id: string, now_ms: number): void {
    const writers = new Map(this.#typing.get(channel_id));
    writers.set(user_id, now_ms + LIMITS.typing_ttl_ms);
    this.#typing.set(channel_id, writers);
    this.#timer ??= setTimeout(() => this.sweep(Date.now()), LIMITS.typing_ttl_ms);
  }

  stopTyping(channel_id: string, user_id: string): void {
    const writers = this.#typing.get(channel_id);
    if (!writers?.has(user_id)) return;
    const rest = new Map(writers);
    rest.delete(user_id);
    this.#typing.set(channel_id, rest);
  }

  typing(channel_id: string): string[] {
    return [...(this.#typing.get(channel_id)?.keys() ?? [])];
  }

  /** Drops writers whose last sign is too old, and comes back for the rest. */
  sweep(now_ms: number): void {
    this.#timer = undefined;
    let next_ms = Infinity;
    for (const [channel_id, writers] of this.#typing) {
      const alive = new Map([...writers].filter(([, until_ms]) => until_ms > now_ms));
      for (const until_ms of alive.values()) next_ms = Math.min(next_ms, until_ms);
      if (alive.size !== writers.size) this.#typing.set(channel_id, alive);
    }
    if (next_ms < Infinity) this.#timer = setTimeout(() => this.sweep(Date.now()), next_ms - now_ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.online.clear();
    this.#typing.clear();
  }
}
