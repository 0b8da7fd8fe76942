import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { EventSchema, MemberSchema, WorkspaceParams } from "../workspaces/schema.ts";

export const PreferenceSchema = z.enum(["all", "mentions", "muted"]);

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
    created_by: z.string().optional(),
    post_policy: z.enum(["everyone", "managers"]),
    invite_policy: z.enum(["members", "managers"]),
    // Frames leave out what every message or only the reader changes.
    last_seq: z.number().int().optional(),
    last_read_seq: z.number().int().optional(),
    unread_count: z.number().int().optional(),
    mention_count: z.number().int().optional(),
    hidden: z.boolean().optional(),
    preference: PreferenceSchema.optional(),
  })
  .openapi("Channel");

export const ChannelParams = z.object({ channel_id: z.string().max(64) });
export const ChannelMemberParams = z.object({ channel_id: z.string().max(64), user_id: z.string().max(64) });
export { MembersQuery, MembersReply } from "../workspaces/schema.ts";
export { WorkspaceParams };
export const ChannelsReply = z.strictObject({ channels: z.array(ChannelSchema) });
export const ChannelEventReply = z.strictObject({ channel: ChannelSchema, event: EventSchema });

const settings = {
  kind: z.enum(["public", "private"]).optional(),
  post_policy: z.enum(["everyone", "managers"]).optional(),
  invite_policy: z.enum(["members", "managers"]).optional(),
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
  ...settings,
});

export const UpdateChannelBody = z.object({
  name: z.string().max(LIMITS.channel_name_chars).optional(),
  archived: z.boolean().optional(),
  ...settings,
});

export const ChannelReply = z.strictObject({ channel: ChannelSchema });

export const ReadBody = z.object({ seq: z.number().int().min(0) });
export const ReceiptReply = z.strictObject({
  receipt: z.strictObject({
    scope_id: z.string(),
    user_id: z.string(),
    last_read_seq: z.number().int(),
    last_read_at: z.string(),
    unread_count: z.number().int(),
    mention_count: z.number().int(),
  }),
  /** None when the marker did not move. */
  event: EventSchema.optional(),
});

export const SettingsBody = z.object({ preference: PreferenceSchema });
export const SettingsReply = z.strictObject({ preference: PreferenceSchema });
/** No event when nothing changed. */
export const ChannelMemberReply = z.strictObject({ member: MemberSchema, event: EventSchema.optional() });
export const LeftReply = z.strictObject({ ok: z.literal(true), event: EventSchema.optional() });
