import type { SearchPage } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";

/** Where to search, and how much. Both spellings work. */
export interface SearchOptions extends CallOptions {
  /** Only in this channel. */
  channelId?: string;
  channel_id?: string;
  /** Only in this direct conversation; without it, and without `dms`, none is searched. */
  directConversationId?: string;
  direct_conversation_id?: string;
  /** Your direct conversations too. */
  dms?: boolean;
  /** `relevance` by default. */
  sort?: "relevance" | "newest";
  /** Results a page, 1 to 100; 50 by default. */
  limit?: number;
  /** `next_cursor` of the page before, with everything else the same. */
  cursor?: string | null;
  /** What else to find by name, on the first page. */
  include?: readonly ("people" | "channels" | "files")[];
}

export function searchFor(http: Http, workspaceId: string, q: string, options: SearchOptions): Promise<SearchPage> {
  const { signal, timeout_ms, limit, sort, dms, cursor, include } = options;
  return http.request("GET", "/api/search", {
    ...(signal && { signal }),
    ...(timeout_ms !== undefined && { timeout_ms }),
    query: {
      workspace_id: workspaceId,
      q,
      channel_id: options.channel_id ?? options.channelId,
      direct_conversation_id: options.direct_conversation_id ?? options.directConversationId,
      dms,
      sort,
      limit,
      cursor: cursor ?? undefined,
      include: include?.join(",") || undefined,
    },
  });
}
