import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";

export const UserSchema = z
  .strictObject({
    id: z.string(),
    kind: z.enum(["human", "bot"]),
    owner_user_id: z.string().optional(),
    display_name: z.string(),
    handle: z.string(),
    /** Of a deleted bot: the handle it had, and when it was deleted. */
    former_handle: z.string().optional(),
    deleted_at: z.string().optional(),
    avatar_url: z.string(),
    created_at: z.string(),
  })
  .openapi("User");

export const MeSchema = z
  .strictObject({
    ...UserSchema.shape,
    email: z.string().optional(),
    password_enrolled: z.boolean().optional(),
  })
  .openapi("Me");

export const MeReply = z.strictObject({ user: MeSchema });

export const UpdateMeBody = z.object({
  display_name: z
    .string()
    .max(LIMITS.display_name_bytes * 4)
    .optional(),
  handle: z
    .string()
    .max(LIMITS.handle_chars + 1)
    .optional(),
  avatar_url: z.string().max(LIMITS.avatar_url_chars).optional(),
});

/** Also the body of every error answer, declared here because each contract needs it once. */
export const ErrorSchema = z
  .strictObject({
    error: z.string(),
    code: z.enum([
      "validation_failed",
      "unauthenticated",
      "forbidden",
      "not_found",
      "method_not_allowed",
      "conflict",
      "payload_too_large",
      "unsupported_media_type",
      "rate_limited",
      "internal",
      "not_configured",
      "unavailable",
    ]),
    details: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    request_id: z.string(),
  })
  .openapi("Error");
