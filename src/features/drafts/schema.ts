import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { EventSchema } from "../workspaces/schema.ts";

/** What somebody began to write, in a conversation or (with the root's id as `target_id`) in a thread. */
export const DraftSchema = z
  .strictObject({
    id: z.string(),
    workspace_id: z.string(),
    target_id: z.string(),
    channel_id: z.string().optional(),
    direct_conversation_id: z.string().optional(),
    body: z.string(),
    quoted_message_id: z.string().optional(),
    upload_ids: z.array(z.string()),
    updated_at: z.string(),
  })
  .openapi("Draft");

export const DraftParams = z.object({ target_id: z.string().max(64) });
export const DraftsQuery = z.object({
  workspace_id: z.string().min(1).max(64),
  cursor: z.string().max(200).optional(),
  limit: z.string().max(16).optional(),
});
export const DraftBody = z.object({
  body: z.string().max(LIMITS.message_body_bytes),
  quoted_message_id: z.string().max(64).optional(),
  upload_ids: z.array(z.string().max(64)).max(LIMITS.attachments_per_message).optional(),
});

export const DraftReply = z.strictObject({ draft: DraftSchema });
export const DraftsReply = z.strictObject({ drafts: z.array(DraftSchema), next_cursor: z.string().optional() });
export const KeptDraftReply = z.strictObject({
  draft: DraftSchema,
  /** None when nothing changed. */
  event: EventSchema.optional(),
});
export const GoneDraftReply = z.strictObject({ ok: z.literal(true), event: EventSchema.optional() });
