import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { PreferenceSchema } from "../channels/schema.ts";
import { UserSchema } from "../users/schema.ts";

export { ReadBody, ReceiptReply } from "../channels/schema.ts";
export { MessagePageReply, MessageReply, PageQuery, SendBody, SentReply } from "../messages/schema.ts";

export const DirectConversationSchema = z
  .strictObject({
    id: z.string(),
    route_id: z.string(),
    workspace_id: z.string(),
    created_at: z.string(),
    members: z.array(UserSchema),
    // Frames leave out what every message or only the reader changes.
    last_seq: z.number().int().optional(),
    can_send: z.boolean().optional(),
    last_read_seq: z.number().int().optional(),
    unread_count: z.number().int().optional(),
    mention_count: z.number().int().optional(),
    hidden: z.boolean().optional(),
    preference: PreferenceSchema.optional(),
  })
  .openapi("DirectConversation");

export const DirectParams = z.object({ conversation_id: z.string().max(64) });
export const DirectQuery = z.object({ workspace_id: z.string().min(1).max(64) });
export const OpenDirectBody = z.object({
  workspace_id: z.string().min(1).max(64),
  member_ids: z.array(z.string().max(64)).max(LIMITS.dm_members),
});
export const DirectReply = z.strictObject({ conversation: DirectConversationSchema });
export const DirectListReply = z.strictObject({ conversations: z.array(DirectConversationSchema) });
export const ClosedReply = z.strictObject({ ok: z.literal(true) });
