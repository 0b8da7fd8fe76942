import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { UserSchema } from "../users/schema.ts";

export const RoleSchema = z.enum(["owner", "moderator", "member", "guest", "bot"]);

export const WorkspaceSchema = z
  .strictObject({
    id: z.string(),
    route_id: z.string(),
    name: z.string(),
    slug: z.string(),
    icon_url: z.string(),
    created_at: z.string(),
    channel_policy: z.enum(["members", "managers"]),
    /** The public channel where guests begin, and how many messages they post there in a day. */
    waiting_room_channel_id: z.string().optional(),
    guest_post_budget: z.number().int(),
    role: RoleSchema.optional(),
  })
  .openapi("Workspace");

export const MemberSchema = z
  .strictObject({ workspace_id: z.string(), user: UserSchema, role: RoleSchema, joined_at: z.string() })
  .openapi("Member");

/** An event as answers carry it: ids and counts; frames of the feed also carry the current row. */
export const EventSchema = z
  .strictObject({
    id: z.string(),
    cursor: z.string(),
    type: z.string(),
    workspace_id: z.string(),
    channel_id: z.string().optional(),
    seq: z.number().int().optional(),
    created_at: z.string(),
    payload: z.record(z.string(), z.unknown()),
    mentioned_user_ids: z.array(z.string()).optional(),
  })
  .openapi("Event");

export const WorkspaceParams = z.object({ workspace_id: z.string().max(64) });
export const WorkspaceReply = z.strictObject({ workspace: WorkspaceSchema });
export const WorkspaceEventReply = z.strictObject({ workspace: WorkspaceSchema, event: EventSchema });
export const WorkspacesReply = z.strictObject({ workspaces: z.array(WorkspaceSchema) });

export const CreateWorkspaceBody = z.object({
  name: z.string().max(LIMITS.workspace_name_chars),
  slug: z.string().max(LIMITS.workspace_name_chars).optional(),
});

/** What is absent stays; owners change the slug, managers the rest. */
export const UpdateWorkspaceBody = z.object({
  /** Who may create channels. */
  channel_policy: z.enum(["members", "managers"]).optional(),
  name: z.string().max(LIMITS.workspace_name_chars).optional(),
  slug: z.string().max(LIMITS.workspace_name_chars).optional(),
  /** The path of a picture one has uploaded here, or "" for none. */
  icon_url: z.string().max(64).optional(),
  /** A public channel, or "" for none. */
  waiting_room_channel_id: z.string().max(64).optional(),
  guest_post_budget: z.number().int().min(0).max(LIMITS.guest_post_budget_max).optional(),
});

export const MembersQuery = z.object({
  limit: z.string().max(10).optional(),
  cursor: z.string().max(1000).optional(),
  q: z.string().max(200).optional(),
  role: RoleSchema.optional(),
});

export const MembersReply = z.strictObject({
  members: z.array(MemberSchema),
  has_more: z.boolean(),
  next_cursor: z.string().optional(),
  total_count: z.number().int().optional(),
  total_by_role: z.record(RoleSchema, z.number().int()).optional(),
});
