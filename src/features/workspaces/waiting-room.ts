import type { Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { AppError } from "../../lib/errors.ts";
import * as queries from "./waiting-room-queries.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Counts a guest's message in the waiting room against what they have within 24 hours; deleted ones count, and
 * so do those in what was the waiting room when they came. In channels that somebody added them to, guests
 * write as they like.
 */
export async function spendPost(
  tx: Tx,
  actor: Actor,
  { workspace_id, conversation_id, message_id }: { workspace_id: string; conversation_id: string; message_id: string },
): Promise<void> {
  const room = await queries.waitingRoom(tx, workspace_id, actor.user.id);
  if (!room?.channel_ids.includes(conversation_id)) return;
  const since = timestamp(actor.at_ms - DAY_MS);
  const { used, oldest } = await queries.postsSince(tx, workspace_id, actor.user.id, since);
  if (used >= room.guest_post_budget) {
    const free_ms = oldest === null ? DAY_MS : Date.parse(oldest) + DAY_MS - actor.at_ms;
    throw new AppError(
      "rate_limited",
      `guests post ${room.guest_post_budget} messages a day in the waiting room until somebody lets them in`,
      { retry_after_s: Math.max(1, Math.ceil(free_ms / 1000)) },
    );
  }
  await queries.insertPost(tx, { workspace_id, user_id: actor.user.id, message_id, created_at: actor.at, since });
}

/** How many messages a guest has, and has left; none of it concerns anybody else. */
export async function postsLeft(
  tx: Tx,
  workspace_id: string,
  member: { user_id: string; role: string },
  at_ms: number,
): Promise<{ post_limit: number; posts_remaining: number }> {
  const room = member.role === "guest" ? await queries.waitingRoom(tx, workspace_id, member.user_id) : undefined;
  if (!room || room.channel_ids.length === 0) return { post_limit: 0, posts_remaining: 0 };
  const { used } = await queries.postsSince(tx, workspace_id, member.user_id, timestamp(at_ms - DAY_MS));
  return { post_limit: room.guest_post_budget, posts_remaining: Math.max(0, room.guest_post_budget - used) };
}
