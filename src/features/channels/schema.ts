import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { EventSchema, WorkspaceParams } from "../workspaces/schema.ts";

export const ChannelSchema = z
  .strictObject({
    id: z.string(),
    route_id: z.string(),
    workspace_id: z.string(),
    name: z.string(),
    display_title: z.string().optional(),
    purpose: z.string(),
    kind: z.enum(["public", "private"]),
    external_managed: z.boolean(),
    external_ref: z.string().optional(),
    external_url: z.string().optional(),
    sidebar_section: z.string().optional(),
    created_at: z.string(),
    archived_at: z.string().optional(),
    last_seq: z.number().int(),
    // Of the reader, so frames leave them out.
    last_read_seq: z.number().int().optional(),
    unread_count: z.number().int().optional(),
  })
  .openapi("Channel");

export const ChannelParams = z.object({ channel_id: z.string().max(64) });
export { WorkspaceParams };
export const ChannelsReply = z.strictObject({ channels: z.array(ChannelSchema) });
export const ChannelEventReply = z.strictObject({ channel: ChannelSchema, event: EventSchema });

const external = {
  display_title: z.string().max(4000).optional(),
  purpose: z
    .string()
    .max(LIMITS.channel_purpose_chars * 2)
    .optional(),
  external_managed: z.boolean().optional(),
  external_ref: z.string().max(500).optional(),
  external_url: z.string().max(2000).optional(),
  sidebar_section: z.string().max(80).optional(),
};

export const CreateChannelBody = z.object({
  name: z.string().max(LIMITS.channel_name_chars),
  kind: z.enum(["public"]).optional(),
  ...external,
});

export const UpdateChannelBody = z.object({
  name: z.string().max(LIMITS.channel_name_chars).optional(),
  kind: z.enum(["public"]).optional(),
  archived: z.boolean().optional(),
  ...external,
});

export const ReadBody = z.object({ seq: z.number().int().min(0) });
export const ReceiptReply = z.strictObject({
  receipt: z.strictObject({
    scope_id: z.string(),
    user_id: z.string(),
    last_read_seq: z.number().int(),
    last_read_at: z.string(),
  }),
});
