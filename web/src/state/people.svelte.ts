import type { User } from "@clickclack/protocol";
import { SvelteMap } from "svelte/reactivity";

/** Everybody this client has met, newest version of each, so a new name shows everywhere at once. */
export class People {
  readonly #byId = new SvelteMap<string, User>();
  /** Handles in use, for telling a mention from an at-sign. */
  readonly handles = new SvelteMap<string, string>();

  get(id: string | undefined): User | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  get size(): number {
    return this.#byId.size;
  }

  add(user: User | undefined | null): void {
    if (!user) return;
    const known = this.#byId.get(user.id);
    if (known && same(known, user)) return;
    if (known?.handle && known.handle !== user.handle) this.handles.delete(known.handle);
    this.#byId.set(user.id, user);
    if (user.handle) this.handles.set(user.handle, user.id);
  }

  clear(): void {
    this.#byId.clear();
    this.handles.clear();
  }
}

const SHOWN = ["display_name", "handle", "avatar_url", "kind", "dnd_until", "timezone", "deactivated_at"] as const;

function same(a: User, b: User): boolean {
  const isSame = (["emoji", "text", "expires_at"] as const).every((key) => a.status?.[key] === b.status?.[key]);
  return isSame && SHOWN.every((key) => a[key] === b[key]);
}
