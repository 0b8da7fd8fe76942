import type { Answer, Body } from "./answer.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** Messages you put aside for yourself, the same on all your devices; nobody else learns of them. */
export function savedApi(http: Http) {
  const path = (messageId: string) => `/api/me/saved/${segment(messageId)}`;
  return {
    /**
     * Saved last first; what you may no longer read is left out. Go on with `next_cursor`. `limit` is 1 to 200.
     *
     * @example
     * const { saved } = await client.saved.list(workspace.id, { limit: 20 });
     */
    list: (workspaceId: string, page: { cursor?: string; limit?: number } = {}, options?: CallOptions) =>
      http.request<Answer<"get", "/api/me/saved">>("GET", "/api/me/saved", {
        ...options,
        query: { workspace_id: workspaceId, ...page },
      }),

    /** @throws ClickClackError `not_found` when you have not saved it. */
    get: (messageId: string, options?: CallOptions) =>
      http.request<Answer<"get", "/api/me/saved/{message_id}">>("GET", path(messageId), options),

    /**
     * Saves it, and reminds you at `remind_at` (RFC 3339) by the event `saved.reminded`; `""` takes the reminder
     * back. No `event` in the answer: it was so already.
     *
     * @throws ClickClackError `conflict` when you have saved as many as there may be.
     * @example
     * await client.saved.add(message.id, { remind_at: new Date(Date.now() + 3_600_000).toISOString() });
     */
    add: (messageId: string, input: Body<"put", "/api/me/saved/{message_id}"> = {}, options?: CallOptions) =>
      http.request<Answer<"put", "/api/me/saved/{message_id}">>("PUT", path(messageId), {
        ...options,
        body: input,
        repeatable: true,
      }),

    /** No `event` in the answer: it was not saved. */
    remove: (messageId: string, options?: CallOptions) =>
      http.request<Answer<"delete", "/api/me/saved/{message_id}">>("DELETE", path(messageId), {
        ...options,
        repeatable: true,
      }),
  };
}
