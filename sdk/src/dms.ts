import { conversationApi } from "./conversation.ts";
import type { DirectConversation } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** Direct conversations of two, of a group, or with yourself. */
export function dmsApi(http: Http) {
  const path = (id: string) => `/api/dms/${segment(id)}`;
  return {
    /** Those you have open, with what is unread in them. */
    list: (workspaceId: string, options?: CallOptions) =>
      http.request<{ conversations: DirectConversation[] }>("GET", "/api/dms", {
        ...options,
        query: { workspace_id: workspaceId },
      }),

    /**
     * The conversation of exactly these people and you: the one there is, or a new one. Nobody but you makes it a
     * place for notes. At most 32 people.
     *
     * @example
     * const { conversation } = await client.dms.create(workspace.id, [mia.id]);
     * await client.dms.sendMessage(conversation.id, "Lunch?");
     */
    create: (workspaceId: string, memberIds: string[], options?: CallOptions) =>
      http.request<{ conversation: DirectConversation }>("POST", "/api/dms", {
        ...options,
        body: { workspace_id: workspaceId, member_ids: memberIds },
        repeatable: true,
      }),

    /** Also one that you closed. */
    get: (id: string, options?: CallOptions) =>
      http.request<{ conversation: DirectConversation }>("GET", path(id), options),

    /** Hides it for you until somebody writes in it. */
    close: (id: string, options?: CallOptions) =>
      http.request<{ ok: true }>("DELETE", path(id), { ...options, repeatable: true }),

    /** Shows it again. */
    open: (id: string, options?: CallOptions) =>
      http.request<{ conversation: DirectConversation }>("POST", `${path(id)}/open`, { ...options, repeatable: true }),

    ...conversationApi(http, "/api/dms"),
  };
}
