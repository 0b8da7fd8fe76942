import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { UploadSchema } from "../uploads/schema.ts";
import { UserSchema } from "../users/schema.ts";
import { EventSchema } from "../workspaces/schema.ts";

export const ReactionSchema = z
  .strictObject({ emoji: z.string(), count: z.number().int(), reacted_by_me: z.boolean() })
  .openapi("Reaction");

export const ThreadStateSchema = z
  .strictObject({
    root_message_id: z.string(),
    reply_count: z.number().int(),
    last_reply_at: z.string().optional(),
    last_reply_author_ids: z.array(z.string()),
  })
  .openapi("ThreadState");

export const MessageSchema = z
  .strictObject({
    id: z.string(),
    route_id: z.string().optional(),
    workspace_id: z.string(),
    channel_id: z.string().optional(),
    direct_conversation_id: z.string().optional(),
    author_id: z.string(),
    parent_message_id: z.string().optional(),
    thread_root_id: z.string(),
    channel_seq: z.number().int().optional(),
    thread_seq: z.number().int().optional(),
    body: z.string(),
    body_format: z.literal("markdown"),
    kind: z.enum(["message", "agent_commentary", "agent_tool"]),
    turn_id: z.string().optional(),
    nonce: z.string().optional(),
    topic_id: z.string().optional(),
    author_model: z.string().optional(),
    author_thinking: z.string().optional(),
    author_runtime: z.string().optional(),
    created_at: z.string(),
    edited_at: z.string().optional(),
    deleted_at: z.string().optional(),
    author: UserSchema,
    quoted_message_id: z.string().optional(),
    quoted_body_snapshot: z.string().optional(),
    quoted_author_id: z.string().optional(),
    quoted_author: UserSchema.optional(),
    thread_state: ThreadStateSchema.optional(),
    attachments: z.array(UploadSchema),
    // Depends on the reader, so frames of the feed leave it out.
    reactions: z.array(ReactionSchema).optional(),
  })
  .openapi("Message");

export const ChannelParams = z.object({ channel_id: z.string().max(64) });
export const MessageParams = z.object({ message_id: z.string().max(64) });

const seq = z.string().max(16).optional();
export const PageQuery = z.object({
  limit: z.string().max(16).optional(),
  before_seq: seq,
  after_seq: seq,
  around_seq: seq,
  mode: z.enum(["latest"]).optional(),
});
/** Only messages with a topic; those of a conversation between people have none. */
export const ChannelPageQuery = PageQuery.extend({ topic_id: z.string().max(64).optional() });

const pageFields = {
  oldest_seq: z.number().int(),
  newest_seq: z.number().int(),
  has_older: z.boolean(),
  has_newer: z.boolean(),
};
export const MessagePageReply = z
  .strictObject({ messages: z.array(MessageSchema), ...pageFields })
  .openapi("MessagePage");
export const ThreadPageReply = z
  .strictObject({
    root: MessageSchema,
    replies: z.array(MessageSchema),
    thread_state: ThreadStateSchema,
    ...pageFields,
  })
  .openapi("ThreadPage");

const nonce = z
  .string()
  .max(LIMITS.nonce_chars * 2)
  .optional();
const provenance = z.string().max(LIMITS.provenance_chars).optional();

const files = {
  upload_id: z.string().max(64).optional(),
  upload_ids: z.array(z.string().max(64)).max(LIMITS.attachments_per_message).optional(),
};

export const SendBody = z.object({
  ...files,
  body: z.string(),
  nonce,
  quoted_message_id: z.string().max(64).optional(),
  kind: z.enum(["message", "agent_commentary", "agent_tool"]).optional(),
  turn_id: z.string().max(LIMITS.turn_id_chars).optional(),
  author_model: provenance,
  author_thinking: provenance,
  author_runtime: provenance,
});
export const ChannelSendBody = SendBody.extend({ topic_id: z.string().max(64).optional() });
export const ReplyBody = z.object({
  body: z.string(),
  nonce,
  quoted_message_id: z.string().max(64).optional(),
  ...files,
});
/** One of them at least; an empty `topic_id` takes the topic off. */
export const EditBody = z.object({ body: z.string().optional(), topic_id: z.string().max(64).optional() });
export const AttachBody = z.object({ upload_id: z.string().min(1).max(64) });
/** No event when the file was attached before. */
export const AttachedReply = z.strictObject({ ok: z.literal(true), event: EventSchema.optional() });
export const HistoryReply = z.strictObject({
  /** Oldest first; the message itself is the newest. */
  revisions: z.array(z.strictObject({ revision: z.number().int(), body: z.string(), written_at: z.string() })),
});
export const ByNonceQuery = z.object({
  workspace_id: z.string().max(64),
  nonce: z
    .string()
    .min(1)
    .max(LIMITS.nonce_chars * 2),
});

export const MessageReply = z.strictObject({ message: MessageSchema });
export const SentReply = z.strictObject({ message: MessageSchema, event: EventSchema });
export const ChangedReply = z.strictObject({ message: MessageSchema, event: EventSchema.optional() });
