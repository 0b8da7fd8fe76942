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

export const OkReply = z.strictObject({ ok: z.literal(true) });
export const EmptyBody = z.object({});
