import type { Answer, Body } from "./answer.ts";
import type { CallOptions, Http } from "./http.ts";
import type { MembersQuery } from "./members.ts";
import { segment } from "./page.ts";

/**
 * What to change; what is left out stays. A time-out ends at `timeout_until` (RFC 3339) or after
 * `timeout_minutes`, and by `clear_timeout`; `moderation_note: ""` clears the note.
 */
export type ModerationInput = Body<"patch", "/api/workspaces/{workspace_id}/moderation/members/{user_id}">;

/** Keeping order; for owners and moderators. Who is timed out or blocked reads and does not write. */
export function moderationApi(http: Http) {
  const path = (workspaceId: string) => `/api/workspaces/${segment(workspaceId)}/moderation/members`;
  return {
    /** The members with time-outs, blocks, notes and what guests may still post today, in pages like `members.list`. */
    list: (workspaceId: string, page: MembersQuery = {}, options?: CallOptions) =>
      http.request<Answer<"get", "/api/workspaces/{workspace_id}/moderation/members">>("GET", path(workspaceId), {
        ...options,
        query: { ...page },
      }),

    /**
     * Times somebody below you out, blocks them, writes a note, changes their role. No `event`: nothing changed.
     *
     * @example
     * await client.moderation.update(workspace.id, sam.id, { timeout_minutes: 60, moderation_note: "Cool down" });
     */
    update: (workspaceId: string, userId: string, input: ModerationInput, options?: CallOptions) =>
      http.request<Answer<"patch", "/api/workspaces/{workspace_id}/moderation/members/{user_id}">>(
        "PATCH",
        `${path(workspaceId)}/${segment(userId)}`,
        // The end of a time-out in minutes would move with each repetition.
        { ...options, body: input, repeatable: input.timeout_minutes === undefined },
      ),
  };
}
