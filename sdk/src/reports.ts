import type { Answer, Body } from "./answer.ts";
import type { Report } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** Messages that somebody found wrong, and what managers did about them. */
export function reportsApi(http: Http) {
  return {
    /**
     * Tells the managers of a message that you may read and did not write. Doing it again while it is open
     * answers the same report.
     *
     * @example
     * await client.reports.create(message.id, { reason: "Spam" });
     */
    create: (messageId: string, input: Body<"post", "/api/messages/{message_id}/report">, options?: CallOptions) =>
      http.request<Answer<"post", "/api/messages/{message_id}/report">>(
        "POST",
        `/api/messages/${segment(messageId)}/report`,
        { ...options, body: input, repeatable: true },
      ),

    /** For managers, newest first. Go on with `next_cursor`; `limit` is 1 to 200. */
    list: (
      workspaceId: string,
      page: { status?: Report["status"]; cursor?: string; limit?: number } = {},
      options?: CallOptions,
    ) =>
      http.request<Answer<"get", "/api/workspaces/{workspace_id}/reports">>(
        "GET",
        `/api/workspaces/${segment(workspaceId)}/reports`,
        { ...options, query: { ...page } },
      ),

    /**
     * Closes a report as `resolved` or `dismissed`, and says why in `resolution`; for managers, not about themselves.
     *
     * @throws ClickClackError `conflict` when it is closed already.
     */
    update: (id: string, input: Body<"patch", "/api/reports/{report_id}">, options?: CallOptions) =>
      http.request<Answer<"patch", "/api/reports/{report_id}">>("PATCH", `/api/reports/${segment(id)}`, {
        ...options,
        body: input,
      }),
  };
}
