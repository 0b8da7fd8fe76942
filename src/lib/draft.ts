import { LIMITS, type Message } from "@clickclack/protocol";
import { type Actor, isBot, requireScope } from "./actor.ts";
import { forbidden, invalid } from "./errors.ts";
import { requireBody, requireNonce } from "./message-text.ts";
import { requireText } from "./text.ts";

/** A message as it was sent. */
export interface MessageInput {
  body: string;
  nonce?: string | undefined;
  quoted_message_id?: string | undefined;
  kind?: Message["kind"] | undefined;
  turn_id?: string | undefined;
  author_model?: string | undefined;
  author_thinking?: string | undefined;
  author_runtime?: string | undefined;
  /** Files uploaded before; `upload_id` is the original's name for one. */
  upload_id?: string | undefined;
  upload_ids?: string[] | undefined;
  topic_id?: string | undefined;
  correlation_id?: string;
}

export type Draft = Pick<
  Message,
  | "body"
  | "nonce"
  | "kind"
  | "turn_id"
  | "author_model"
  | "author_thinking"
  | "author_runtime"
  | "quoted_message_id"
  | "topic_id"
>;

/** The files of a draft, each once. Sending any needs a scope of its own. */
export function uploadsOf(actor: Actor, input: MessageInput): string[] {
  const ids = [...new Set([...(input.upload_id ? [input.upload_id] : []), ...(input.upload_ids ?? [])])];
  if (ids.length > LIMITS.attachments_per_message)
    throw invalid("upload_ids", `a message takes at most ${LIMITS.attachments_per_message} files`);
  if (ids.length > 0) requireScope(actor, "uploads:write");
  return ids;
}

/** What was sent, checked and trimmed, before any transaction opens. */
export function draftOf(actor: Actor, input: MessageInput): Draft {
  const kind = input.kind ?? "message";
  if (kind !== "message") {
    if (!isBot(actor)) throw forbidden("only bots post agent activity");
    requireScope(actor, "agent_activity:write");
  } else if (input.turn_id) {
    throw invalid("turn_id", "turn_id belongs to agent activity only");
  }
  const hasFiles = Boolean(input.upload_id) || (input.upload_ids?.length ?? 0) > 0;
  // A file needs no words.
  const draft: Draft = { body: hasFiles && input.body.trim() === "" ? "" : requireBody(input.body), kind };
  const nonce = requireNonce(input.nonce);
  if (nonce !== undefined) draft.nonce = nonce;
  for (const field of OPTIONAL) {
    const value = input[field];
    if (value !== undefined && value !== "") draft[field] = requireText(field, value);
  }
  return draft;
}

const OPTIONAL = [
  "turn_id",
  "author_model",
  "author_thinking",
  "author_runtime",
  "quoted_message_id",
  "topic_id",
] as const;
