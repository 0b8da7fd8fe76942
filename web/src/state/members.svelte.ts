import type { Member } from "@clickclack/protocol";
import { SvelteMap } from "svelte/reactivity";

type Role = Member["role"];

/** Who has which role in the open workspace, as far as it is loaded. */
export class Members {
  readonly #roles = new SvelteMap<string, Role>();
  /** Those who left while we looked; everybody else who is not loaded is taken to be here. */
  readonly #left = new Set<string>();

  load(members: Member[]): void {
    this.#roles.clear();
    this.#left.clear();
    for (const { user, role } of members) this.#roles.set(user.id, role);
  }

  role(user_id: string): Role | undefined {
    return this.#roles.get(user_id);
  }

  entries(): [string, Role][] {
    return [...this.#roles];
  }

  set(user_id: string, role: Role): void {
    this.#roles.set(user_id, role);
    this.#left.delete(user_id);
  }

  remove(user_id: string): void {
    this.#roles.delete(user_id);
    this.#left.add(user_id);
  }

  /** Guests take no direct messages, and who left takes none either. */
  takesNoDirect(user_id: string): boolean {
    return this.#left.has(user_id) || this.#roles.get(user_id) === "guest";
  }
}
