import { z } from "@hono/zod-openapi";
import { ReactionSchema } from "../messages/schema.ts";
import { EventSchema } from "../workspaces/schema.ts";

export { MessageParams } from "../messages/schema.ts";

export const ReactBody = z.object({ emoji: z.string().min(1).max(64) });
export const EmojiParams = z.object({ message_id: z.string().max(64), emoji: z.string().max(64) });

const reactions = z.array(ReactionSchema);
export const ReactedReply = z.strictObject({ event: EventSchema, reactions });
export const ReactionsReply = z.strictObject({ event: EventSchema.optional(), reactions });
