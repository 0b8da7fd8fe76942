import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { EventSchema } from "../workspaces/schema.ts";

export { WorkspaceParams } from "../workspaces/schema.ts";

/** A label of messages within a channel; without `channel_id`, within the whole workspace. */
export const TopicSchema = z
  .strictObject({
    id: z.string(),
    workspace_id: z.string(),
    channel_id: z.string().optional(),
    name: z.string(),
    created_by: z.string(),
    created_at: z.string(),
    archived_at: z.string().optional(),
  })
  .openapi("Topic");

export const TopicParams = z.object({ topic_id: z.string().max(64) });

const name = z.string().max(LIMITS.topic_name_chars * 4);
export const CreateTopicBody = z.object({ name, channel_id: z.string().max(64).optional() });
export const UpdateTopicBody = z.object({ name: name.optional(), archived: z.boolean().optional() });

export const TopicReply = z.strictObject({
  topic: TopicSchema,
  /** None when nothing changed. */
  event: EventSchema.optional(),
});
export const TopicsReply = z.strictObject({ topics: z.array(TopicSchema) });
