import type { Member } from "@clickclack/protocol";
import { SvelteMap } from "svelte/reactivity";

type Role = Member["role"];

/** Who has which role in the open workspace, as far as it is loaded. */
export class Members {
  readonly #roles = new SvelteMap<string, Role>();
  load(members: Member[]): void {
    this.#roles.clear();
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
  }

  remove(user_id: string): void {
    this.#roles.delete(user_id);
  }
}
