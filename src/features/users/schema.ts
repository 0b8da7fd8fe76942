import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";

/** What somebody is doing: an emoji, words, or both. Ends by itself at `expires_at`. */
export const StatusSchema = z
  .strictObject({ emoji: z.string(), text: z.string(), expires_at: z.string().optional() })
  .openapi("UserStatus");

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
    status: StatusSchema.optional(),
    /** Until when they are not to be disturbed. */
    dnd_until: z.string().optional(),
    /** As the time zone database names it: `Europe/Berlin`. */
    timezone: z.string().optional(),
    /** Since when they cannot sign in. */
    deactivated_at: z.string().optional(),
    created_at: z.string(),
  })
  .openapi("User");

/** How somebody wants to be told; `dnd_from` and `dnd_to` are times of their day ("22:00"), or both empty. */
export const NotificationSettingsSchema = z
  .strictObject({
    pushover_enabled: z.boolean(),
    pushover_user_key: z.string(),
    level: z.enum(["all", "mentions", "none"]),
    sound: z.boolean(),
    desktop: z.boolean(),
    dnd_from: z.string(),
    dnd_to: z.string(),
  })
  .openapi("NotificationSettings");

/** How it looks to them. An empty string is the default, by whichever name it was sent. */
export const AppearanceSchema = z
  .strictObject({
    color_mode: z.enum(["", "light", "dark"]),
    board_theme: z.enum(["", "ember", "moss", "iris"]),
    message_layout: z.enum(["", "outlined"]),
    density: z.enum(["", "compact"]),
  })
  .openapi("AppearancePreferences");

const SidebarSectionSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    collapsed: z.boolean(),
    conversation_ids: z.array(z.string()),
  })
  .openapi("SidebarSection");

/** The order of one's own sidebar, by workspace; one that was never arranged is absent. */
export const SidebarSchema = z
  .strictObject({
    channel_order: z.record(z.string(), z.array(z.string())),
    sections: z.record(z.string(), z.array(SidebarSectionSchema)),
  })
  .openapi("SidebarPreferences");

/** What is added to the user is for oneself alone; bots have none of it. */
export const MeSchema = z
  .strictObject({
    ...UserSchema.shape,
    email: z.string().optional(),
    password_enrolled: z.boolean().optional(),
    locale: z.string().optional(),
    notification_settings: NotificationSettingsSchema.optional(),
    appearance_preferences: AppearanceSchema.optional(),
    sidebar_preferences: SidebarSchema.optional(),
  })
  .openapi("Me");

export const MeReply = z.strictObject({ user: MeSchema });

const moment = z.union([z.literal(""), z.iso.datetime({ offset: true })]);
const time = z.string().regex(/^(|([01]\d|2[0-3]):[0-5]\d)$/, "must be a time like 22:00, or empty");
const id = z.string().max(64);
const ids = z.array(id).max(LIMITS.sidebar_conversations);

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
  /** Replaces the whole status; without emoji and text there is none. */
  status: z
    .object({
      emoji: z.string().max(LIMITS.emoji_bytes).nullish(),
      text: z
        .string()
        .max(LIMITS.status_text_chars * 4)
        .nullish(),
      expires_at: moment.nullish(),
    })
    .optional(),
  /** Empty strings clear these three. */
  dnd_until: moment.optional(),
  timezone: z.string().max(LIMITS.timezone_chars).optional(),
  locale: z.string().max(LIMITS.locale_chars).optional(),
  notification_settings: z
    .object({
      ...NotificationSettingsSchema.shape,
      pushover_user_key: z.string().regex(/^(|[A-Za-z0-9]{30})$/, "must be 30 letters and digits, or empty"),
      dnd_from: time,
      dnd_to: time,
    })
    .partial()
    .optional(),
  appearance_preferences: z
    .object({
      color_mode: z.enum(["", "system", "light", "dark"]),
      board_theme: z.enum(["", "signal", "ember", "moss", "iris"]),
      message_layout: z.enum(["", "standard", "outlined"]),
      density: z.enum(["", "comfortable", "compact"]),
    })
    .partial()
    .optional(),
  /** Replaces the order or the sections of the workspaces that are named. */
  sidebar_preferences: z
    .object({
      channel_order: z.record(id, ids),
      sections: z.record(
        id,
        z
          .array(
            z.object({
              id: z.string().min(1).max(LIMITS.sidebar_section_id_chars),
              name: z.string().max(LIMITS.sidebar_section_name_chars * 4),
              collapsed: z.boolean().default(false),
              conversation_ids: ids,
            }),
          )
          .max(LIMITS.sidebar_sections),
      ),
    })
    .partial()
    .optional(),
});

export const AvatarForm = z.object({
  /** PNG, JPEG, GIF or WebP, at most 5 MiB. */
  file: z.string().openapi({ format: "binary" }),
});
export const AvatarParams = z.object({ key: z.string().max(64) });

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
