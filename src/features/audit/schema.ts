import { AUDIT_ACTIONS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { UserSchema } from "../users/schema.ts";

export { WorkspaceParams } from "../workspaces/schema.ts";

const fields = z.record(z.string(), z.unknown());

/** One administrative act. Without an actor it was the operator, on the command line. */
export const AuditEntrySchema = z
  .strictObject({
    id: z.string(),
    workspace_id: z.string(),
    actor_user_id: z.string().optional(),
    actor: UserSchema.optional(),
    action: z.enum(AUDIT_ACTIONS),
    target_type: z.string(),
    target_id: z.string(),
    /** What people call the target, where it has a name. */
    target_name: z.string().optional(),
    address: z.string(),
    before: fields.optional(),
    after: fields.optional(),
    metadata: fields,
    created_at: z.string(),
  })
  .openapi("AuditLogEntry");

export const AuditReply = z.strictObject({
  audit_log_entries: z.array(AuditEntrySchema),
  next_cursor: z.string().optional(),
});

const filters = {
  cursor: z.string().max(200).optional(),
  /** Actions, with commas between them. */
  action: z.string().max(2000).optional(),
  /** A user's id, or `operator` for the command line. */
  actor: z.string().max(64).optional(),
  target: z.string().max(64).optional(),
  target_type: z.string().max(64).optional(),
  /** Days or moments; from the first on, until before the second. */
  since: z.string().max(40).optional(),
  until: z.string().max(40).optional(),
};

export const AuditQuery = z.object({ ...filters, limit: z.string().max(16).optional() });
export const ExportQuery = z.object({ ...filters, format: z.enum(["json", "csv"]).optional() });
