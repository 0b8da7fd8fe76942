import { SvelteMap } from "svelte/reactivity";

/** When a message was saved, the conversation it is in, and when it is to come back to mind. */
interface Saved {
  saved_at: string;
  place: string;
  remind_at?: string | undefined;
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

  add(message_id: string, { saved_at, place, remind_at }: Saved): void {
    if (this.#loaded) this.#byMessage.set(message_id, { saved_at, place, remind_at });
  }

  /** As it is stored now; where it is does not change. */
  put({ message_id, ...now }: Omit<Saved, "place"> & { message_id: string }): void {
    const known = this.#byMessage.get(message_id);
    if (known) this.add(message_id, { ...now, place: known.place });
  }

  entries(): [string, Saved][] {
    return this.ids.map((id) => [id, this.#byMessage.get(id) ?? { saved_at: "", place: "" }]);
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
