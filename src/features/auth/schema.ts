import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { UserSchema } from "../users/schema.ts";

export const SessionSchema = z
  .strictObject({
    id: z.string(),
    token: z.string(),
    user_id: z.string(),
    created_at: z.string(),
    expires_at: z.string(),
  })
  .openapi("Session");

export const SignedInReply = z.strictObject({ user: UserSchema, session: SessionSchema, token: z.string() });

export const LoginBody = z.object({
  identifier: z.string().min(1).max(LIMITS.email_chars),
  password: z
    .string()
    .min(1)
    .max(LIMITS.password_max_chars * 4),
});

export const ConsumeBody = z.object({ token: z.string().min(1).max(200) });

export const MagicRequestBody = z.object({
  email: z.string().min(1).max(LIMITS.email_chars),
  display_name: z.string().max(LIMITS.display_name_bytes).optional(),
});

export const MagicLinkReply = z.strictObject({
  magic_link: z.strictObject({
    id: z.string(),
    email: z.string(),
    display_name: z.string(),
    created_at: z.string(),
    expires_at: z.string(),
  }),
  token: z.string(),
});

/** Somewhere one is signed in. `last_used_at` is to about ten minutes; it is absent until the first use. */
export const OwnSessionSchema = z
  .strictObject({
    id: z.string(),
    created_at: z.string(),
    last_used_at: z.string().optional(),
    expires_at: z.string(),
    user_agent: z.string(),
    address: z.string(),
    current: z.boolean(),
  })
  .openapi("OwnSession");
export const OwnSessionsReply = z.strictObject({ sessions: z.array(OwnSessionSchema) });
export const SessionParams = z.object({ session_id: z.string().max(64) });

export const ResetRequestBody = z.object({ email: z.string().min(1).max(LIMITS.email_chars) });
const newPassword = z
  .string()
  .min(1)
  .max(LIMITS.password_max_chars * 4);
export const ResetBody = z.object({ token: z.string().min(1).max(200), new_password: newPassword });
export const PasswordBody = z.object({
  current_password: z
    .string()
    .max(LIMITS.password_max_chars * 4)
    .optional(),
  new_password: newPassword,
});

/** What a sign-in page can offer. */
export const MethodsReply = z.strictObject({
  methods: z.strictObject({ password: z.boolean(), magic_link: z.boolean(), password_reset: z.boolean() }),
});
export const HomeLinkReply = z.strictObject({ url: z.string(), label: z.string() });

export const OkReply = z.strictObject({ ok: z.literal(true) });
export const EmptyBody = z.object({});
