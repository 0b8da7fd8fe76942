import type { Member, MemberModeration } from "@clickclack/protocol";
import type { App } from "../state/app.svelte.ts";
import { commands, type GivenRole } from "./ranks.ts";
import { whole } from "./whole.ts";

/** A member as everybody sees them, with what only managers see where the reader is one. */
export type Kept = Member & Partial<Omit<MemberModeration, keyof Member>>;

export type ModerationPatch = Parameters<ReturnType<typeof whole>["moderation"]["update"]>[2];

export async function moderate(app: App, member: Kept, patch: ModerationPatch): Promise<Kept> {
  const answer = await whole(app).moderation.update(member.workspace_id, member.user.id, patch);
  if (patch.role) app.members.set(member.user.id, patch.role);
  return answer.member;
}

export function giveRole(app: App, member: Kept, role: GivenRole): Promise<Kept> {
  return moderate(app, member, { role });
}

/** Guests without a channel of their own yet: a manager lets them in, or does not. */
export function isWaiting(app: App, member: Kept): boolean {
  return member.role === "guest" && commands(app, member) && Boolean(app.workspace?.waiting_room_channel_id);
}

/** Guests talk in channels only. */
export function writable(app: App, member: Kept): boolean {
  return app.workspace?.role !== "guest" && member.role !== "guest";
}

export function isTimedOut({ timeout_until }: Kept, now = new Date()): boolean {
  return timeout_until !== undefined && timeout_until > now.toISOString();
}

/** What somebody is called where a word is to be typed: the handle, or the first name. */
export function wordOf({ user }: Kept): string {
  return user.handle || (user.display_name.split(/\s+/u)[0] ?? user.display_name);
}
