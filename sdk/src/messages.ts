import type { ClickClackEvent } from "@clickclack/protocol";
import type { Answer, Body } from "./answer.ts";
import type { Message, Reaction } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** `event` is absent when nothing changed. */
export interface MessageChanged {
  message: Message;
  event?: ClickClackEvent;
}

/** `event` is absent when nothing changed. */
export interface ReactionsChanged {
  reactions: Reaction[];
  event?: ClickClackEvent;
}

export function messagesApi(http: Http) {
  const path = (id: string) => `/api/messages/${segment(id)}`;
  return {
    get: (id: string, options?: CallOptions) => http.request<{ message: Message }>("GET", path(id), options),

    /** Your message with this nonce, or `undefined` when the server has none: was a send with a lost answer stored? */
    findByNonce: (
      workspaceId: string,
      nonce: string,
      options?: CallOptions,
    ): Promise<{ message: Message } | undefined> =>
      http.request("GET", "/api/messages/by-nonce", {
        ...options,
        query: { workspace_id: workspaceId, nonce },
        absent_header: "x-clickclack-message-nonce",
      }),

    /**
     * Rewrites your own message. Its `topic_id` its channel's managers may change too; `""` takes the topic off.
     */
    update: (id: string, input: string | Body<"patch", "/api/messages/{message_id}">, options?: CallOptions) =>
      http.request<MessageChanged>("PATCH", path(id), {
        ...options,
        body: typeof input === "string" ? { body: input } : input,
      }),

    /** Deletes a message; its text is gone for everybody. A second delete changes nothing. */
    delete: (id: string, options?: CallOptions) => http.request<MessageChanged>("DELETE", path(id), options),

    /** What a message said before each edit, oldest first; a deleted one has no history. */
    history: (id: string, options?: CallOptions) =>
      http.request<Answer<"get", "/api/messages/{message_id}/history">>("GET", `${path(id)}/history`, options),

    /** The root message of a channel with its `route_id`, for a URL that names it; see `routes.resolve`. */
    ensureRoute: (id: string, options?: CallOptions) =>
      http.request<{ message: Message }>("POST", `${path(id)}/route`, { ...options, repeatable: true }),

    addReaction: (id: string, emoji: string, options?: CallOptions) =>
      http.request<ReactionsChanged>("POST", `${path(id)}/reactions`, { ...options, body: { emoji } }),

    removeReaction: (id: string, emoji: string, options?: CallOptions) =>
      http.request<ReactionsChanged>("DELETE", `${path(id)}/reactions/${segment(emoji)}`, options),
  };
}
