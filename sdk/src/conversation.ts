import type { ClickClackEvent } from "@clickclack/protocol";
import type { Message, MessageInput, MessagePage, PageOptions, ReadReceipt } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { pageQuery, segment } from "./page.ts";

/** The answer to a send. `event` is absent when the nonce had been used: the message was there already. */
export interface Sent {
  message: Message;
  event?: ClickClackEvent;
}

/** Reading and writing messages is the same in channels and in direct conversations. */
export function conversationApi(http: Http, root: string) {
  const path = (id: string, part: string) => `${root}/${segment(id)}/${part}`;
  const messages = (id: string, page?: number | PageOptions, options?: CallOptions): Promise<MessagePage> =>
    http.request("GET", path(id, "messages"), { ...options, query: pageQuery(page) });
  const mark = (id: string, part: "read" | "unread", seq: number, options?: CallOptions): Promise<ReadReceipt> =>
    http.request("POST", path(id, part), { ...options, body: { seq }, repeatable: true });
  return {
    /**
     * A page of root messages, ascending. No position means the newest; a bare number means "after this seq".
     *
     * @example
     * const page = await client.channels.messages(channel.id, { before_seq: oldest, limit: 50 });
     * if (page.has_older) showMore();
     */
    messages,
    /** The original's name of `messages`. */
    messagePage: messages,
    /** The original's name of `messages`. */
    messagesPage: messages,

    /**
     * Posts a message. With a `nonce` the call is retried on a lost answer and still posts once.
     *
     * @throws ClickClackError `conflict` when the nonce was used for something else, or the channel is archived.
     * @example
     * await client.channels.sendMessage(channel.id, { body: "Deployed.", nonce: crypto.randomUUID() });
     */
    sendMessage: (id: string, input: string | MessageInput, options?: CallOptions): Promise<Sent> => {
      const body = typeof input === "string" ? { body: input } : input;
      return http.request("POST", path(id, "messages"), { ...options, body, repeatable: Boolean(body.nonce) });
    },

    /**
     * Everything up to this `channel_seq` is read. The marker never moves back this way, and your other
     * devices hear of it.
     */
    markRead: (id: string, seq: number, options?: CallOptions) => mark(id, "read", seq, options),

    /** From this `channel_seq` on everything is unread again. */
    markUnread: (id: string, seq: number, options?: CallOptions) => mark(id, "unread", seq, options),
  };
}
