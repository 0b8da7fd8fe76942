import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { UserSchema } from "../users/schema.ts";
import { EventSchema } from "../workspaces/schema.ts";

export { MessageParams } from "../messages/schema.ts";
export { WorkspaceParams } from "../workspaces/schema.ts";

/**
 * A message somebody reported, with its text as it was then. It says where that is only to whoever may read
 * there.
 */
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

export const ReportParams = z.object({ report_id: z.string().max(64) });
export const ReportBody = z.object({ reason: z.string().max(LIMITS.report_reason_chars * 4) });
export const ReportsQuery = z.object({
  /** Open ones unless it says otherwise. */
  status: z.enum(["open", "resolved", "dismissed"]).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.string().max(16).optional(),
});
export const CloseReportBody = z.object({
  status: z.enum(["resolved", "dismissed"]),
  resolution: z
    .string()
    .max(LIMITS.report_reason_chars * 4)
    .optional(),
});
export const ClosedReportReply = z.strictObject({ report: ReportSchema, event: EventSchema });
