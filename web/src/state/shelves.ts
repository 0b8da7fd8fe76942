import type { Draft, Topic, UserGroup } from "@clickclack/protocol";
import { Shelf } from "./shelf.svelte.ts";

/** Drafts by the conversation or thread they are for; reports that are open, each with its message. */
export class Shelves {
  readonly drafts = new Shelf<Draft>();
  readonly groups = new Shelf<UserGroup>();
  readonly topics = new Shelf<Topic>();
  readonly reports = new Shelf<string>();
  readonly #all = [this.drafts, this.groups, this.topics, this.reports];

  async again(): Promise<void> {
    await Promise.all(this.#all.map((shelf) => shelf.again()));
  }

  /** The reader may not see that conversation any more. */
  drop(place: string): void {
    this.drafts.drop((one) => (one.channel_id ?? one.direct_conversation_id) === place);
    this.topics.drop((one) => one.channel_id === place);
  }

  clear(): void {
    for (const shelf of this.#all) shelf.clear();
  }
}
