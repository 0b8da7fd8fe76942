import { LIMITS, type Reaction } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { requireEmoji } from "../../lib/emoji.ts";
import { conflict, invalid } from "../../lib/errors.ts";
import type { LogEvent } from "../../realtime/events.ts";
import { announce } from "../conversations/conversations.ts";
import { reactionsOf, requireMessage } from "../messages/messages.ts";
import * as queries from "./queries.ts";

export interface Reacted {
  reactions: Reaction[];
  /** Absent when nothing changed. */
  event?: LogEvent;
}

export async function addReaction(db: Database, actor: Actor, message_id: string, text: string): Promise<Reacted> {
  return react(db, actor, message_id, text, "reaction.added");
}

export async function removeReaction(db: Database, actor: Actor, message_id: string, text: string): Promise<Reacted> {
  return react(db, actor, message_id, text, "reaction.removed");
}

async function react(
  db: Database,
  actor: Actor,
  message_id: string,
  text: string,
  type: "reaction.added" | "reaction.removed",
): Promise<Reacted> {
  const emoji = requireEmoji(text);
  const user_id = actor.user.id;
  return db.write(async (tx) => {
    const { message, conversation } = await requireMessage(tx, actor, message_id, "write", "messages:write");
    if (type === "reaction.added" && message.deleted_at !== undefined)
      throw invalid("message_id", "a deleted message takes no reactions");
    const before = (await reactionsOf(tx, [message_id], user_id)).get(message_id) ?? [];
    if (
      type === "reaction.added" &&
      before.length >= LIMITS.reactions_per_message &&
      !before.some((one) => one.emoji === emoji)
    ) {
      throw conflict(`a message takes at most ${LIMITS.reactions_per_message} different reactions`);
    }
    const changed =
      type === "reaction.added"
        ? await queries.insertReaction(tx, message_id, user_id, emoji, actor.at)
        : await queries.deleteReaction(tx, message_id, user_id, emoji);
    if (!changed) return { reactions: before };
    const reactions = (await reactionsOf(tx, [message_id], user_id)).get(message_id) ?? [];
    const event = await announce(tx, conversation, {
      type,
      ...(message.channel_seq !== undefined && { seq: message.channel_seq }),
      payload: { message_id, emoji, user_id, count: reactions.find((one) => one.emoji === emoji)?.count ?? 0 },
      created_at: actor.at,
    });
    return { reactions, event };
  });
}
