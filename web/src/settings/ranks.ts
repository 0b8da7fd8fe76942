import type { Member } from "@clickclack/protocol";
import type { App } from "../state/app.svelte.ts";

export type Role = Member["role"];

/** The server has the same order and says the last word. */
const RANK: Record<Role, number> = { owner: 5, bot: 4, moderator: 3, member: 2, guest: 1 };
const GIVEN = ["moderator", "member", "guest"] as const;

export type GivenRole = (typeof GIVEN)[number];

/** What the reader may make of somebody. */
export function givable(own: Role | undefined): GivenRole[] {
  if (own !== "owner" && own !== "moderator") return [];
  return GIVEN.filter((role) => RANK[role] < RANK[own]);
}

/** People below the reader, whom they may give another role, hold back and remove. */
export function commands(app: App, member: Member): boolean {
  const own = app.workspace?.role;
  if (own !== "owner" && own !== "moderator") return false;
  return member.user.kind === "human" && member.user.id !== app.session.me?.id && RANK[member.role] < RANK[own];
}
