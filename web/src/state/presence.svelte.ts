import { LIMITS } from "@clickclack/protocol";
import { SvelteMap } from "svelte/reactivity";

export type Here = "online" | "away";

/** Who has a live socket, and who is writing where. Both are hints: nothing is stored. */
export class Presence {
  readonly here = new SvelteMap<string, Here>();
  readonly #typing = new SvelteMap<string, Map<string, number>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refetch: ReturnType<typeof setTimeout> | undefined;

  replace(people: Iterable<{ user_id: string; status: Here }>): void {
    this.here.clear();
    for (const { user_id, status } of people) this.here.set(user_id, status);
  }

  set(user_id: string, status: string | undefined): void {
    if (status === "offline") this.here.delete(user_id);
    else this.here.set(user_id, status === "away" ? "away" : "online");
  }

  /**
   * So many came or went that the server says only that the list has changed. Every client heard it in
   * the same moment, so each asks at a moment of its own.
   */
  refetchSoon(ask: () => void): void {
    this.#refetch ??= setTimeout(() => {
      this.#refetch = undefined;
      ask();
    }, Math.random() * LIMITS.presence_refetch_ms);
  }

  startTyping(place: string, user_id: string, now_ms: number): void {
    const writers = new Map(this.#typing.get(place));
    writers.set(user_id, now_ms + LIMITS.typing_ttl_ms);
    this.#typing.set(place, writers);
    this.#timer ??= setTimeout(() => this.sweep(Date.now()), LIMITS.typing_ttl_ms);
  }

  stopTyping(place: string, user_id: string): void {
    const writers = this.#typing.get(place);
    if (!writers?.has(user_id)) return;
    const rest = new Map(writers);
    rest.delete(user_id);
    this.#typing.set(place, rest);
  }

  typing(place: string): string[] {
    return [...(this.#typing.get(place)?.keys() ?? [])];
  }

  /** Drops writers whose last sign is too old, and comes back for the rest. */
  sweep(now_ms: number): void {
    this.#timer = undefined;
    let next_ms = Infinity;
    for (const [place, writers] of this.#typing) {
      const alive = new Map([...writers].filter(([, until_ms]) => until_ms > now_ms));
      for (const until_ms of alive.values()) next_ms = Math.min(next_ms, until_ms);
      if (alive.size !== writers.size) this.#typing.set(place, alive);
    }
    if (next_ms < Infinity) this.#timer = setTimeout(() => this.sweep(Date.now()), next_ms - now_ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#refetch);
    this.#timer = undefined;
    this.#refetch = undefined;
    this.here.clear();
    this.#typing.clear();
  }
}
