import type { Answer } from "./answer.ts";

export type {
  AuditLogEntry,
  BotCommand as BotMenuEntry,
  BotMenuCommand,
  BotSetupClaim,
  BotSetupCode,
  BotToken,
  Channel,
  DirectConversation,
  Draft,
  Invite,
  Me,
  Member,
  MemberModeration,
  Message,
  MessagePage,
  Reaction,
  Report,
  SearchPage,
  SearchResult,
  Session,
  ThreadPage,
  ThreadState,
  Topic,
  Upload,
  User,
  UserGroup,
  Workspace,
} from "@clickclack/protocol";

/**
 * Where you stand in a channel or direct conversation after marking it, `{receipt, event?}`.
 * There is no `event` when the marker did not move.
 */
export type ReadReceipt = Answer<"post", "/api/channels/{channel_id}/read">;

/** What of a conversation notifies you: everything, your mentions, nothing. */
export type NotificationPreference = Answer<"get", "/api/channels/{channel_id}/notification-settings">["preference"];

/** What may be said about a new message. `nonce` makes the call repeatable: the same one never posts twice. */
export interface MessageInput {
  /** Markdown, up to 64 KiB of UTF-8. */
  body: string;
  /** Up to 128 characters, unique for each author. */
  nonce?: string;
  quoted_message_id?: string;
  /** In channels: the label of the message; see `topics`. */
  topic_id?: string;
  upload_id?: string;
  /** Up to 10 files. */
  upload_ids?: string[];
  kind?: "message" | "agent_commentary" | "agent_tool";
  turn_id?: string;
  author_model?: string;
  author_thinking?: string;
  author_runtime?: string;
}

/** Where to look in a sequence. At most one of the three seqs; `limit` is 1 to 200. Both spellings work. */
export interface PageOptions {
  after_seq?: number;
  before_seq?: number;
  around_seq?: number;
  afterSeq?: number;
  beforeSeq?: number;
  aroundSeq?: number;
  /** In channels: only messages of this topic. */
  topic_id?: string;
  limit?: number;
}
