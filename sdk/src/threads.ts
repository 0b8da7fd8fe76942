import type { ClickClackEvent } from "@clickclack/protocol";
import type { Answer } from "./answer.ts";
import type { Message, PageOptions, ThreadPage, ThreadState } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { pageQuery, segment } from "./page.ts";

/** `events` is empty when the nonce had been used: the reply was there already. */
export interface Replied {
  message: Message;
  thread_state: ThreadState;
  events: ClickClackEvent[];
}

export interface ReplyInput {
  body: string;
  nonce?: string;
  quoted_message_id?: string;
  upload_id?: string;
  /** Up to 10 files. */
  upload_ids?: string[];
}

/** Where you stand in a thread after marking or following it, `{receipt, event?}`; no `event`, nothing changed. */
export type ThreadReceipt = Answer<"post", "/api/messages/{message_id}/thread/read">;

export function threadsApi(http: Http) {
  const path = (id: string) => `/api/messages/${segment(id)}/thread`;
  const stand = (method: "POST" | "PUT" | "DELETE", address: string, seq?: number, options?: CallOptions) =>
    http.request<ThreadReceipt>(method, address, {
      ...options,
      ...(seq !== undefined && { body: { seq } }),
      repeatable: true,
    });
  return {
    /** A thread's root and a page of its replies by `thread_seq`. No position means the first ones, `latest` the last. */
    get: (rootId: string, page?: number | (PageOptions & { latest?: boolean }), options?: CallOptions) =>
      http.request<ThreadPage>("GET", path(rootId), {
        ...options,
        query: typeof page === "object" ? { ...pageQuery(page), latest: page.latest || undefined } : { limit: page },
      }),

    /** Replies to a root message. With a `nonce` the call is retried on a lost answer and still posts once. */
    reply: (rootId: string, input: string | ReplyInput, options?: CallOptions) => {
      const body: ReplyInput = typeof input === "string" ? { body: input } : input;
      return http.request<Replied>("POST", `${path(rootId)}/replies`, {
        ...options,
        body,
        repeatable: Boolean(body.nonce),
      });
    },

    /** Everything up to this `thread_seq` is read. */
    markRead: (rootId: string, seq: number, options?: CallOptions) =>
      stand("POST", `${path(rootId)}/read`, seq, options),

    /** From this `thread_seq` on everything is unread again. */
    markUnread: (rootId: string, seq: number, options?: CallOptions) =>
      stand("POST", `${path(rootId)}/unread`, seq, options),

    /** Puts the thread into your inbox; writing in it, or being mentioned in it, does the same. */
    follow: (rootId: string, options?: CallOptions) => stand("PUT", `${path(rootId)}/follow`, undefined, options),

    unfollow: (rootId: string, options?: CallOptions) => stand("DELETE", `${path(rootId)}/follow`, undefined, options),

    /**
     * The threads you follow, the one answered last first. Go on with `next_cursor`; `unread_threads` is on the
     * first page only.
     *
     * @example
     * const { threads } = await client.threads.inbox(workspace.id, { filter: "unread" });
     */
    inbox: (
      workspaceId: string,
      page: { filter?: "all" | "unread"; cursor?: string; limit?: number } = {},
      options?: CallOptions,
    ) =>
      http.request<Answer<"get", "/api/workspaces/{workspace_id}/threads">>(
        "GET",
        `/api/workspaces/${segment(workspaceId)}/threads`,
        { ...options, query: { ...page } },
      ),
  };
}
