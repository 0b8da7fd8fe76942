import { z } from "@hono/zod-openapi";
import { MessageSchema } from "../messages/schema.ts";
import { EventSchema } from "../workspaces/schema.ts";

export { ChannelParams } from "../channels/schema.ts";

export const PinParams = z.object({ channel_id: z.string().max(64), message_id: z.string().max(64) });
export const PinsQuery = z.object({ limit: z.string().max(16).optional() });
export const PinBody = z.object({ message_id: z.string().min(1).max(64) });
export const PinsReply = z.strictObject({ messages: z.array(MessageSchema) });
export const PinnedReply = z.strictObject({
  pinned_message: z.strictObject({
    id: z.string(),
    workspace_id: z.string(),
    channel_id: z.string(),
    message_id: z.string(),
    pinned_by: z.string(),
    created_at: z.string(),
  }),
  event: EventSchema,
});
export const UnpinnedReply = z.strictObject({ event: EventSchema });
