import { SvelteMap } from "svelte/reactivity";

/**
 * A list of the open workspace that only some views need: it is empty until one opens it, and follows the
 * events from then on.
 */
export class Shelf<T> {
  readonly #byId = new SvelteMap<string, T>();
  #ask: (() => Promise<Iterable<readonly [string, T]>>) | undefined;
  /** What changed while the list is on its way, and may be missing in it. */
  #meanwhile: Map<string, T | undefined> | undefined;

  get size(): number {
    return this.#byId.size;
  }

  entries(): [string, T][] {
    return [...this.#byId];
  }

  async open(ask: () => Promise<Iterable<readonly [string, T]>>): Promise<void> {
    this.#ask = ask;
    await this.again();
  }

  /** Fetches it once more, if anybody wants it: the reader sees other things than before. */
  async again(): Promise<void> {
    const ask = this.#ask;
    if (!ask) return;
    const meanwhile = (this.#meanwhile = new Map<string, T | undefined>());
    try {
      const all = await ask();
      // Cleared, opened anew, or asked for once more since.
      if (meanwhile !== this.#meanwhile) return;
      this.#byId.clear();
      for (const [id, one] of all) this.#byId.set(id, one);
    } finally {
      if (meanwhile === this.#meanwhile) this.#meanwhile = undefined;
    }
    for (const [id, one] of meanwhile) this.set(id, one);
  }

  /** `undefined` takes it away. */
  set(id: string, one: T | undefined): void {
    if (!this.#ask) return;
    this.#meanwhile?.set(id, one);
    if (one === undefined) this.#byId.delete(id);
    else this.#byId.set(id, one);
  }

  drop(where: (one: T) => boolean): void {
    for (const [id, one] of this.#byId) if (where(one)) this.set(id, undefined);
  }

  clear(): void {
    this.#ask = this.#meanwhile = undefined;
    this.#byId.clear();
  }
}
