import type { Answer, Body } from "./answer.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/**
 * What you began to write, the same on all your devices: one for each channel, direct conversation and thread
 * (`targetId` is the id of its root message).
 */
export function draftsApi(http: Http) {
  const path = (targetId: string) => `/api/me/drafts/${segment(targetId)}`;
  return {
    /** Written last first; what you may no longer read is left out. Go on with `next_cursor`. */
    list: (workspaceId: string, page: { cursor?: string; limit?: number } = {}, options?: CallOptions) =>
      http.request<Answer<"get", "/api/me/drafts">>("GET", "/api/me/drafts", {
        ...options,
        query: { workspace_id: workspaceId, ...page },
      }),

    /** @throws ClickClackError `not_found` when there is none. */
    get: (targetId: string, options?: CallOptions) =>
      http.request<Answer<"get", "/api/me/drafts/{target_id}">>("GET", path(targetId), options),

    /**
     * Replaces what is there; a draft has words or files. No `event` in the answer: it said so already.
     *
     * @throws ClickClackError `conflict` when you have as many drafts as there may be.
     * @example
     * await client.drafts.save(channel.id, { body: "Dear all,", upload_ids: [upload.id] });
     */
    save: (targetId: string, input: Body<"put", "/api/me/drafts/{target_id}">, options?: CallOptions) =>
      http.request<Answer<"put", "/api/me/drafts/{target_id}">>("PUT", path(targetId), {
        ...options,
        body: input,
        repeatable: true,
      }),

    /** No `event` in the answer: there was none. */
    remove: (targetId: string, options?: CallOptions) =>
      http.request<Answer<"delete", "/api/me/drafts/{target_id}">>("DELETE", path(targetId), {
        ...options,
        repeatable: true,
      }),
  };
}
