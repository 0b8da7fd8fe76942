import { z } from "@hono/zod-openapi";
import { UserSchema } from "../users/schema.ts";

/** A message somebody reported, with its text as it was then. */
export const ReportSchema = z
  .strictObject({
    id: z.string(),
    workspace_id: z.string(),
    message_id: z.string(),
    channel_id: z.string().optional(),
    direct_conversation_id: z.string().optional(),
    author: UserSchema,
    reporter: UserSchema,
    body: z.string(),
    /** The message is gone meanwhile. */
    message_deleted: z.boolean(),
    reason: z.string(),
    status: z.enum(["open", "resolved", "dismissed"]),
    resolution: z.string().optional(),
    resolved_by: z.string().optional(),
    resolved_at: z.string().optional(),
    created_at: z.string(),
  })
  .openapi("Report");

export const ReportReply = z.strictObject({ report: ReportSchema });
export const ReportsReply = z.strictObject({
  reports: z.array(ReportSchema),
  open_count: z.number().int(),
  next_cursor: z.string().optional(),
});
