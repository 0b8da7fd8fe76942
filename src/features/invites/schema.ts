import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { SessionSchema } from "../auth/schema.ts";
import { UserSchema } from "../users/schema.ts";
import { WorkspaceParams, WorkspaceSchema } from "../workspaces/schema.ts";

export { WorkspaceParams };

const InviteRole = z.enum(["moderator", "member", "guest"]);

export const InviteSchema = z
  .strictObject({
    id: z.string(),
    workspace_id: z.string(),
    code: z.string(),
    url: z.string(),
    role: InviteRole,
    /** The one address it is for. */
    email: z.string().optional(),
    max_uses: z.number().int().optional(),
    uses: z.number().int(),
    created_by: z.string(),
    created_at: z.string(),
    expires_at: z.string().optional(),
    revoked_at: z.string().optional(),
    /** Who came by it, the newest first and not all of many. */
    accepted: z.array(z.strictObject({ user: UserSchema, accepted_at: z.string() })),
  })
  .openapi("Invite");

/** `sent` when a letter with the link is on its way. */
export const InviteReply = z.strictObject({ invite: InviteSchema, sent: z.literal(true).optional() });
export const InvitesQuery = z.object({
  state: z.enum(["active", "ended"]).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.string().max(16).optional(),
});
export const InvitesReply = z.strictObject({ invites: z.array(InviteSchema), next_cursor: z.string().optional() });
/** An invite's id, or its code where the holder of the link asks. */
export const InviteParams = z.object({ invite: z.string().max(64) });

export const CreateInviteBody = z.object({
  role: InviteRole.optional(),
  email: z.string().max(LIMITS.email_chars).optional(),
  max_uses: z.number().int().min(1).max(LIMITS.invite_uses_max).optional(),
  expires_at: z.iso.datetime().optional(),
});

/** What a stranger with the link learns before accepting. */
export const PublicInviteReply = z.strictObject({
  invite: z.strictObject({
    code: z.string(),
    workspace_name: z.string(),
    inviter_name: z.string(),
    role: InviteRole,
    /** Enough of the one address it is for to know it by, e.g. `m•••@example.com`. */
    email_hint: z.string().optional(),
    member_count: z.number().int(),
    expires_at: z.string().optional(),
  }),
});

export const AcceptBody = z.object({
  display_name: z
    .string()
    .max(LIMITS.display_name_bytes * 4)
    .optional(),
  email: z.string().max(LIMITS.email_chars).optional(),
  password: z
    .string()
    .max(LIMITS.password_max_chars * 4)
    .optional(),
});

export const AcceptedReply = z.strictObject({
  workspace: WorkspaceSchema,
  user: UserSchema,
  session: SessionSchema.optional(),
  token: z.string().optional(),
});
