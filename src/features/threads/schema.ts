import { z } from "@hono/zod-openapi";
import { MessageSchema, PageQuery, ThreadStateSchema } from "../messages/schema.ts";
import { EventSchema } from "../workspaces/schema.ts";

export { MessageParams, ReplyBody, ThreadPageReply } from "../messages/schema.ts";

export const ThreadQuery = PageQuery.omit({ mode: true }).extend({
  latest: z.enum(["true", "false"]).optional(),
  /** Refused: threads have `latest` instead. */
  mode: z.string().max(16).optional(),
});

export const RepliedReply = z.strictObject({
  message: MessageSchema,
  thread_state: ThreadStateSchema,
  events: z.array(EventSchema),
});
