import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { EventSchema } from "../workspaces/schema.ts";

export { WorkspaceParams } from "../workspaces/schema.ts";

/** People who are mentioned together by `@handle`, and the channels that its members are added to. */
export const UserGroupSchema = z
  .strictObject({
    id: z.string(),
    workspace_id: z.string(),
    handle: z.string(),
    name: z.string(),
    description: z.string(),
    member_ids: z.array(z.string()),
    /** Only channels that whoever reads this may see. */
    channel_ids: z.array(z.string()),
    created_by: z.string(),
    created_at: z.string(),
  })
  .openapi("UserGroup");

export const GroupReply = z.strictObject({ group: UserGroupSchema });
export const GroupsReply = z.strictObject({ groups: z.array(UserGroupSchema) });
/** No event when nothing changed. */
export const GroupEventReply = z.strictObject({ group: UserGroupSchema, event: EventSchema.optional() });
export const GroupGoneReply = z.strictObject({ ok: z.literal(true), event: EventSchema });

export const GroupParams = z.object({ group_id: z.string().max(64) });
export const GroupMemberParams = z.object({ group_id: z.string().max(64), user_id: z.string().max(64) });

const settings = {
  name: z.string().max(LIMITS.display_name_bytes),
  handle: z.string().max(LIMITS.handle_chars + 1),
  description: z
    .string()
    .max(LIMITS.group_description_chars * 4)
    .optional(),
  /** Channels that members are added to. */
  channel_ids: z.array(z.string().max(64)).max(LIMITS.channels_per_group).optional(),
};

export const CreateGroupBody = z.object({
  ...settings,
  member_ids: z.array(z.string().max(64)).max(LIMITS.members_per_group).optional(),
});
export const UpdateGroupBody = z.object(settings).partial();
