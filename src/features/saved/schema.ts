import { z } from "@hono/zod-openapi";
import { MessageSchema } from "../messages/schema.ts";
import { EventSchema } from "../workspaces/schema.ts";

export { MessageParams } from "../messages/schema.ts";

const saved = {
  message_id: z.string(),
  saved_at: z.string(),
  remind_at: z.string().optional(),
  /** When the reminder was told; set again, it is due again. */
  reminded_at: z.string().optional(),
};

export const SavedQuery = z.object({
  workspace_id: z.string().min(1).max(64),
  cursor: z.string().max(200).optional(),
  limit: z.string().max(16).optional(),
});
/** `remind_at` is RFC 3339; an empty one takes the reminder back, without one it stays as it is. */
export const SaveBody = z.object({ remind_at: z.string().max(64).optional() });
export const SavedListReply = z.strictObject({
  saved: z.array(z.strictObject({ ...saved, message: MessageSchema })),
  next_cursor: z.string().optional(),
});
export const SavedReply = z.strictObject({
  saved: z.strictObject(saved),
  /** None when nothing changed. */
  event: EventSchema.optional(),
});
export const UnsavedReply = z.strictObject({ ok: z.literal(true), event: EventSchema.optional() });
