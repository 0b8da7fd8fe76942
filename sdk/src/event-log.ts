import type { ClickClackEvent } from "@clickclack/protocol";
import type { CallOptions, Http } from "./http.ts";

export interface EventsQuery {
  workspaceId?: string;
  workspace_id?: string;
  /** Exclusive; without it from the oldest event kept. */
  afterCursor?: string;
  after_cursor?: string;
  /** 1 to 500, 200 by default. */
  limit?: number;
  /** Also answer the log's end as `tail_cursor`, taken before the page. */
  includeTail?: boolean;
  include_tail?: boolean;
}

export function listEvents(
  http: Http,
  query: EventsQuery,
  options?: CallOptions,
): Promise<{ events: ClickClackEvent[]; tail_cursor?: string }> {
  return http.request("GET", "/api/realtime/events", {
    ...options,
    query: {
      workspace_id: query.workspace_id ?? query.workspaceId,
      after_cursor: query.after_cursor ?? query.afterCursor,
      limit: query.limit,
      include_tail: (query.include_tail ?? query.includeTail) || undefined,
    },
  });
}
