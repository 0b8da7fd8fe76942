import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { SessionSchema } from "../auth/schema.ts";
import { ChannelSchema } from "../channels/schema.ts";
import { UserSchema } from "../users/schema.ts";
import { WorkspaceSchema } from "../workspaces/schema.ts";

export { AcceptBody, AcceptedReply, InviteParams } from "../invites/schema.ts";
export { CreateWorkspaceBody, WorkspaceParams, WorkspaceReply } from "../workspaces/schema.ts";

export const Nothing = z.undefined();

/** The password, of whoever has one. */
export const DeactivateBody = z.object({
  password: z
    .string()
    .max(LIMITS.password_max_chars * 4)
    .optional(),
});
export const DeactivatedReply = z.strictObject({ ok: z.literal(true) });

export const SetupStatusReply = z.strictObject({ needed: z.boolean() });

export const SetupBody = z.object({
  token: z.string().min(1).max(200),
  display_name: z.string().max(LIMITS.display_name_bytes * 4),
  email: z.string().max(LIMITS.email_chars),
  workspace_name: z.string().max(LIMITS.workspace_name_chars),
  password: z
    .string()
    .max(LIMITS.password_max_chars * 4)
    .optional(),
});

export const SetupReply = z.strictObject({
  user: UserSchema,
  workspace: WorkspaceSchema,
  channel: ChannelSchema,
  session: SessionSchema,
  token: z.string(),
});
