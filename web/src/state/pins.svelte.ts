import { SvelteMap } from "svelte/reactivity";

/** What is pinned in the channels whose pins were asked for: ids, the newest pin first. */
export class Pins {
  readonly #byChannel = new SvelteMap<string, string[]>();

  of(channel_id: string): string[] | undefined {
    return this.#byChannel.get(channel_id);
  }

  load(channel_id: string, message_ids: string[]): void {
    this.#byChannel.set(channel_id, message_ids);
  }

  add(channel_id: string, message_id: string): void {
    const known = this.#byChannel.get(channel_id);
    if (known && !known.includes(message_id)) this.#byChannel.set(channel_id, [message_id, ...known]);
  }

  remove(channel_id: string, message_id: string): void {
    const known = this.#byChannel.get(channel_id);
    if (known)
      this.#byChannel.set(
        channel_id,
        known.filter((id) => id !== message_id),
      );
  }

  drop(channel_id?: string): void {
    if (channel_id === undefined) this.#byChannel.clear();
    else this.#byChannel.delete(channel_id);
  }
}
