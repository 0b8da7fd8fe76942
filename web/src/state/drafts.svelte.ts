import { readText, writeText } from "../shared/storage.ts";

/** Unsent text of each conversation, kept in this browser. `target` is a channel or a thread's root. */
export class Drafts {
  readonly #memory = new Map<string, string>();
  #user_id = "";

  restore(user_id: string): void {
    this.#user_id = user_id;
    this.#memory.clear();
  }

  read(target: string): string {
    const known = this.#memory.get(target);
    if (known !== undefined) return known;
    const text = readText(this.#key(target)) ?? "";
    this.#memory.set(target, text);
    return text;
  }

  write(target: string, text: string): void {
    this.#memory.set(target, text);
    writeText(this.#key(target), text.trim() === "" ? null : text);
  }

  #key(target: string): string {
    return `clickclack:${this.#user_id}:draft:${target}`;
  }
}
