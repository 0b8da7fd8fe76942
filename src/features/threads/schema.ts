import { z } from "@hono/zod-openapi";
import { MessageSchema, PageQuery, ThreadStateSchema } from "../messages/schema.ts";
import { EventSchema } from "../workspaces/schema.ts";

export { MessageParams, MessageReply, ReplyBody, ThreadPageReply } from "../messages/schema.ts";

export const ThreadQuery = PageQuery.omit({ mode: true }).extend({
  latest: z.enum(["true", "false"]).optional(),
  /** Refused: threads have `latest` instead. */
  mode: z.string().max(16).optional(),
});

export { WorkspaceParams } from "../workspaces/schema.ts";
export { ReadBody } from "../channels/schema.ts";

export const RepliedReply = z.strictObject({
  message: MessageSchema,
  thread_state: ThreadStateSchema,
  events: z.array(EventSchema),
});

export const ThreadReceiptReply = z.strictObject({
  receipt: z.strictObject({
    root_message_id: z.string(),
    user_id: z.string(),
    following: z.boolean(),
    last_read_seq: z.number().int(),
    unread_count: z.number().int(),
    mention_count: z.number().int(),
  }),
  /** None when nothing changed. */
  event: EventSchema.optional(),
});

export const InboxQuery = z.object({
  filter: z.enum(["all", "unread"]).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.string().max(16).optional(),
});
export const InboxReply = z.strictObject({
  threads: z.array(
    z.strictObject({
      root: MessageSchema,
      last_read_seq: z.number().int(),
      unread_count: z.number().int(),
      mention_count: z.number().int(),
    }),
  ),
  next_cursor: z.string().optional(),
  /** Followed threads with something unread; on the first page only. */
  unread_threads: z.number().int().optional(),
});
