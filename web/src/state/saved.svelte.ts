import { SvelteMap } from "svelte/reactivity";

/** When a message was saved, and the conversation it is in. */
interface Saved {
  saved_at: string;
  place: string;
}

/** What the reader put aside in this workspace, once it was asked for. */
export class SavedMessages {
  readonly #byMessage = new SvelteMap<string, Saved>();
  #loaded = $state(false);

  get isLoaded(): boolean {
    return this.#loaded;
  }

  /** Ids, saved last first. */
  get ids(): string[] {
    return [...this.#byMessage].toSorted(([a, x], [b, y]) => (isBelow(x, a, y, b) ? 1 : -1)).map(([id]) => id);
  }

  load(saved: readonly (Saved & { message_id: string })[]): void {
    this.#loaded = true;
    this.#byMessage.clear();
    for (const one of saved) this.add(one.message_id, one);
  }

  add(message_id: string, { saved_at, place }: Saved): void {
    if (this.#loaded) this.#byMessage.set(message_id, { saved_at, place });
  }

  remove(message_id: string): void {
    this.#byMessage.delete(message_id);
  }

  /** The reader may not see that conversation any more. */
  drop(place: string): void {
    for (const [id, one] of this.#byMessage) if (one.place === place) this.#byMessage.delete(id);
  }

  clear(): void {
    this.#loaded = false;
    this.#byMessage.clear();
  }
}

function isBelow(x: Saved, a: string, y: Saved, b: string): boolean {
  return x.saved_at < y.saved_at || (x.saved_at === y.saved_at && a < b);
}
