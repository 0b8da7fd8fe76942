import { AUDIT_ACTIONS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { UserSchema } from "../users/schema.ts";

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
