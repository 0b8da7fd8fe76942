import { z } from "@hono/zod-openapi";

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
