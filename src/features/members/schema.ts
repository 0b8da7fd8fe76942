import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import {
  EventSchema,
  MemberSchema,
  MembersQuery,
  MembersReply,
  WorkspaceEventReply,
  WorkspaceParams,
} from "../workspaces/schema.ts";

export { MembersQuery, MembersReply, WorkspaceEventReply, WorkspaceParams };

const GivenRole = z.enum(["moderator", "member", "guest"]);

export const MemberParams = z.object({ workspace_id: z.string().max(64), user_id: z.string().max(64) });
/** At least one of them. A deactivated account keeps its memberships; nobody signs in to it. */
export const UpdateMemberBody = z.object({ role: GivenRole.optional(), deactivated: z.boolean().optional() });
export const TransferBody = z.object({ user_id: z.string().max(64) });
/** No event when the role was theirs already. */
export const MemberEventReply = z.strictObject({ member: MemberSchema, event: EventSchema.optional() });
export const RemovedReply = z.strictObject({ ok: z.literal(true) });

export const AddPersonBody = z.object({ role: GivenRole.optional() });
export const MemberReply = z.strictObject({ member: MemberSchema });

/** A member as managers see them; `timeout_until` and `blocked_at` are there while they hold. */
export const MemberModerationSchema = z
  .strictObject({
    ...MemberSchema.shape,
    /** Of a guest: messages a day in the waiting room, and how many are left; 0 for everybody else. */
    post_limit: z.number().int(),
    posts_remaining: z.number().int(),
    timeout_until: z.string().optional(),
    blocked_at: z.string().optional(),
    moderation_note: z.string().optional(),
    moderation_by: z.string().optional(),
    moderation_at: z.string().optional(),
  })
  .openapi("MemberModeration");

export const ModerationBody = z.object({
  role: GivenRole.optional(),
  timeout_until: z.iso.datetime({ offset: true }).optional(),
  timeout_minutes: z.number().int().min(1).max(LIMITS.timeout_minutes_max).optional(),
  clear_timeout: z.boolean().optional(),
  blocked: z.boolean().optional(),
  moderation_note: z
    .string()
    .max(LIMITS.moderation_note_chars * 4)
    .optional(),
});

/** No event when nothing changed. */
export const ModerationReply = z.strictObject({ member: MemberModerationSchema, event: EventSchema.optional() });
export const ModerationListReply = z.strictObject({
  ...MembersReply.shape,
  members: z.array(MemberModerationSchema),
});

/** Whoever opens `url` is signed in as the person it was made for, once. */
export const SignInLinkReply = z.strictObject({ url: z.string(), expires_at: z.string() });
