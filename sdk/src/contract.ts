export type {
  Channel,
  Invite,
  Me,
  Member,
  Message,
  MessagePage,
  Reaction,
  Session,
  ThreadPage,
  ThreadState,
  User,
  Workspace,
} from "@clickclack/protocol";

/** What may be said about a new message. `nonce` makes the call repeatable: the same one never posts twice. */
export interface MessageInput {
  /** Markdown, up to 64 KiB of UTF-8. */
  body: string;
  /** Up to 128 characters, unique for each author. */
  nonce?: string;
  quoted_message_id?: string;
  upload_id?: string;
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
  limit?: number;
}
