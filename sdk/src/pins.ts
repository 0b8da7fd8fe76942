import type { Answer } from "./answer.ts";
import type { Message } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** The pinned messages of a channel, up to 100, the same for everybody in it. */
export function pinsApi(http: Http) {
  const path = (channelId: string) => `/api/channels/${segment(channelId)}/pins`;
  return {
    /** The newest pin first. `limit` is 1 to 100. */
    list: (channelId: string, page: { limit?: number } = {}, options?: CallOptions) =>
      http.request<{ messages: Message[] }>("GET", path(channelId), { ...options, query: { ...page } }),

    /** @throws ClickClackError `conflict` when the message is pinned already, or the channel is full. */
    add: (channelId: string, messageId: string, options?: CallOptions) =>
      http.request<Answer<"post", "/api/channels/{channel_id}/pins">>("POST", path(channelId), {
        ...options,
        body: { message_id: messageId },
      }),

    /** @throws ClickClackError `not_found` when the message is not pinned. */
    remove: (channelId: string, messageId: string, options?: CallOptions) =>
      http.request<Answer<"delete", "/api/channels/{channel_id}/pins/{message_id}">>(
        "DELETE",
        `${path(channelId)}/${segment(messageId)}`,
        options,
      ),
  };
}
