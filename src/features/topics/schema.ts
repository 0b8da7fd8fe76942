import { z } from "@hono/zod-openapi";

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

export const TopicReply = z.strictObject({ topic: TopicSchema });
export const TopicsReply = z.strictObject({ topics: z.array(TopicSchema) });
