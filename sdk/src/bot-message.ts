import type { ClickClackEvent } from "@clickclack/protocol";
import type { ClickClackClient } from "./client.ts";
import type { Me, Message } from "./contract.ts";
import { ClickClackError } from "./error.ts";

/** `/deploy web now` is `{ name: "/deploy", args: "web now" }`. */
export interface BotCommand {
  name: string;
  args: string;
}

/** What a handler gets beside the message. */
export interface BotContext {
  event: ClickClackEvent;
  client: ClickClackClient;
  /** The message mentions the bot by its handle. `@channel` and `@here` call people; see `payload.mention_scope`. */
  mentioned: boolean;
  /** The message is meant for the bot: it mentions it, or was written in a direct conversation with it. */
  addressed: boolean;
  /**
   * Answers where the message was written: in its thread, channel or direct conversation. Each answer has a nonce
   * made of the event's id, so a handler that runs again finds its earlier answer posted instead of posting anew.
   */
  reply(body: string): Promise<Message>;
  /** Answers in the message's thread, and starts one where there is none. */
  replyInThread(body: string): Promise<Message>;
}

/** The message of an event, if somebody else wrote it and it still exists. */
export async function incomingMessage(
  event: ClickClackEvent,
  me: Me,
  client: ClickClackClient,
): Promise<{ message: Message; context: BotContext } | undefined> {
  if (event.type !== "message.created" && event.type !== "thread.reply_created") return undefined;
  if (event.payload.author_id === me.id) return undefined;
  const { message } = (await client.events.withMessage(event)).payload;
  if (!message || message.author_id === me.id || message.deleted_at) return undefined;
  if (message.kind !== undefined && message.kind !== "message") return undefined;
  const mentioned = event.mentioned_user_ids?.includes(me.id) ?? false;
  const addressed = mentioned || message.direct_conversation_id !== undefined;
  return { message, context: { event, client, mentioned, addressed, ...answers(event, message, client) } };
}

/** Reads `/word args`, also after `@handle`. */
export function readCommand(body: string, handle: string): BotCommand | undefined {
  const address = handle && body.toLowerCase().startsWith(`@${handle.toLowerCase()} `) ? handle.length + 2 : 0;
  const match = /^\s*(\/[a-z0-9_-]{1,32})(?:\s+([\s\S]*))?$/i.exec(body.slice(address));
  return match?.[1] ? { name: match[1].toLowerCase(), args: (match[2] ?? "").trim() } : undefined;
}

function answers(
  event: ClickClackEvent,
  message: Message,
  client: ClickClackClient,
): Pick<BotContext, "reply" | "replyInThread"> {
  let count = 0;
  const once = async (post: (nonce: string) => Promise<{ message: Message }>): Promise<Message> => {
    count += 1;
    const nonce = `bot:${event.id}:${count}`;
    try {
      return (await post(nonce)).message;
    } catch (error) {
      // The handler ran before and answered something else then: that answer stands.
      if (!(error instanceof ClickClackError) || error.code !== "conflict") throw error;
      const found = await client.messages.findByNonce(event.workspace_id, nonce);
      if (!found) throw error;
      return found.message;
    }
  };
  const replyInThread = (body: string) =>
    once((nonce) => client.threads.reply(message.thread_root_id, { body, nonce }));
  const reply = (body: string) => {
    if (message.parent_message_id) return replyInThread(body);
    const { channel_id, direct_conversation_id } = message;
    if (channel_id) return once((nonce) => client.channels.sendMessage(channel_id, { body, nonce }));
    return once((nonce) => client.dms.sendMessage(direct_conversation_id ?? "", { body, nonce }));
  };
  return { reply, replyInThread };
}
