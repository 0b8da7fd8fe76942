import type { Message } from "@clickclack/protocol";
import { SvelteMap } from "svelte/reactivity";

/** What is being quoted where, and which composer should take the focus. A target is a channel or a root. */
export class Composing {
  readonly quotes = new SvelteMap<string, Message>();
  wanted = $state.raw<{ target: string } | null>(null);

  quote(target: string, message: Message): void {
    this.quotes.set(target, message);
    this.focus(target);
  }

  dropQuote(target: string): boolean {
    return this.quotes.delete(target);
  }

  focus(target: string): void {
    this.wanted = { target };
  }
}
