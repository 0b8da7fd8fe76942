import type { ClickClackEvent } from "@clickclack/protocol";
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
  upload_ids?: string[];
}

export function threadsApi(http: Http) {
  const path = (id: string) => `/api/messages/${segment(id)}/thread`;
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
  };
}
