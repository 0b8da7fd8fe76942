import { sentence } from "../state/entering.ts";

interface Page<T> {
  items: T[];
  next_cursor?: string | undefined;
}

/** Several changes at once are one look. */
const SOON_MS = 250;

/** A list that comes in pages, and is fetched again when something of it changed. */
export class Pages<T> {
  items = $state.raw<T[]>([]);
  loaded = $state(false);
  busy = $state(false);
  error = $state("");
  #next = $state<string | undefined>();
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #fetch: (cursor: string | undefined) => Promise<Page<T>>;

  constructor(fetch: (cursor: string | undefined) => Promise<Page<T>>) {
    this.#fetch = fetch;
  }

  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  /** From the start. What is shown stays until the new list is there. */
  async load(): Promise<void> {
    await this.#run(undefined, []);
  }

  async more(): Promise<void> {
    if (this.#next !== undefined && !this.busy) await this.#run(this.#next, this.items);
  }

  /** The same again, for as far as it was read. */
  soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#again(), SOON_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#round++;
  }

  replace(change: (item: T) => T | undefined): void {
    this.items = this.items.map(change).filter((item) => item !== undefined);
  }

  async #again(): Promise<void> {
    const wanted = this.items.length;
    await this.#run(undefined, []);
    if (this.items.length < wanted && this.#next !== undefined) await this.more();
  }

  async #run(cursor: string | undefined, before: T[]): Promise<void> {
    const round = ++this.#round;
    this.busy = true;
    try {
      const { items, next_cursor } = await this.#fetch(cursor);
      if (round !== this.#round) return;
      this.items = [...before, ...items];
      this.#next = next_cursor;
      this.error = "";
      this.loaded = true;
    } catch (error) {
      if (round === this.#round) this.error = sentence(error);
    } finally {
      if (round === this.#round) this.busy = false;
    }
  }
}
