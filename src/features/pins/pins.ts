import { LIMITS, type Message } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { conflict, invalid, notFound } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import type { LogEvent } from "../../realtime/events.ts";
import { announce, type Conversation, inChannel, requireConversation } from "../conversations/conversations.ts";
import { conversationOf, dress, requireMessage } from "../messages/messages.ts";
import * as queries from "./queries.ts";
import type { Pin } from "./queries.ts";

/** What a channel's members pinned, the newest pin first. */
export async function listPins(db: Database, actor: Actor, channel_id: string, limit: number): Promise<Message[]> {
  return db.read(async (tx) => {
    await requireConversation(tx, actor, inChannel(channel_id), "read");
    const messages = await queries.pinnedMessages(tx, channel_id, limit);
    await dress(tx, messages, actor);
    return messages;
  });
}

/** Pins a message of the channel, a reply too; a message is pinned once. */
export async function pinMessage(
  db: Database,
  actor: Actor,
  channel_id: string,
  message_id: string,
): Promise<{ pinned_message: Pin; event: LogEvent }> {
  return db.write(async (tx) => {
    const channel = await requireConversation(tx, actor, inChannel(channel_id), "write");
    const { message } = await requireMessage(tx, actor, message_id, "read");
    if (conversationOf(message) !== channel_id || message.deleted_at !== undefined)
      throw invalid("message_id", "only a message of this channel can be pinned");
    if (await queries.isPinned(tx, channel_id, message_id)) throw conflict("this message is already pinned");
    if ((await queries.countPins(tx, channel_id)) >= LIMITS.pins_per_channel)
      throw conflict(`a channel has at most ${LIMITS.pins_per_channel} pins`);
    const pinned_message: Pin = {
      id: newId("pin"),
      workspace_id: channel.workspace_id,
      channel_id,
      message_id,
      pinned_by: actor.user.id,
      created_at: actor.at,
    };
    await queries.insertPin(tx, pinned_message);
    return { pinned_message, event: await tell(tx, actor, channel, message, "pin.added") };
  });
}

export async function unpinMessage(
  db: Database,
  actor: Actor,
  channel_id: string,
  message_id: string,
): Promise<{ event: LogEvent }> {
  return db.write(async (tx) => {
    const channel = await requireConversation(tx, actor, inChannel(channel_id), "write");
    if (!(await queries.deletePin(tx, channel_id, message_id))) throw notFound("pin");
    const { message } = await requireMessage(tx, actor, message_id, "read");
    return { event: await tell(tx, actor, channel, message, "pin.removed") };
  });
}

async function tell(
  tx: Tx,
  actor: Actor,
  channel: Conversation,
  message: Message,
  type: "pin.added" | "pin.removed",
): Promise<LogEvent> {
  return announce(tx, channel, {
    type,
    ...(message.channel_seq !== undefined && { seq: message.channel_seq }),
    payload: { channel_id: channel.id, message_id: message.id, pinned_by: actor.user.id },
    created_at: actor.at,
  });
}
