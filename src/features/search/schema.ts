import { z } from "@hono/zod-openapi";
import { ChannelSchema } from "../channels/schema.ts";
import { UploadSchema } from "../uploads/schema.ts";
import { UserSchema } from "../users/schema.ts";

const id = z.string().max(64);
const INCLUDE = /^(people|channels|files)(,(people|channels|files))*$/;

export const SearchQuerySchema = z.object({
  workspace_id: id,
  q: z.string().max(4096).default("").openapi({
    description:
      'Words, "phrases", -without, and from: in: has:link|file|image before: after: on: is:thread|saved|pinned. The last word may be unfinished.',
    example: 'deploy from:mia in:#general "release notes" -staging after:2026-05',
  }),
  channel_id: id.optional(),
  direct_conversation_id: id.optional(),
  dms: z.enum(["true", "false", "1", "0"]).optional().openapi({ description: "My direct conversations too." }),
  sort: z.enum(["relevance", "newest"]).default("relevance"),
  limit: z.string().max(16).optional(),
  cursor: z.string().max(1024).optional(),
  include: z.string().regex(INCLUDE).optional().openapi({
    description: "What else to find by name, on the first page: people, channels, files, separated by commas.",
    example: "people,channels",
  }),
});

export const HighlightSchema = z
  .strictObject({ start: z.number().int(), end: z.number().int() })
  .openapi("Highlight", { description: "Code points of the snippet, the end exclusive." });

export const SearchResultSchema = z
  .strictObject({
    id: z.string(),
    workspace_id: z.string(),
    channel_id: z.string().optional(),
    channel_name: z.string().optional(),
    direct_conversation_id: z.string().optional(),
    author: UserSchema,
    parent_message_id: z.string().optional(),
    thread_root_id: z.string(),
    channel_seq: z.number().int().optional(),
    thread_seq: z.number().int().optional(),
    created_at: z.string(),
    edited_at: z.string().optional(),
    reply_count: z.number().int(),
    last_reply_at: z.string().optional(),
    snippet: z.string(),
    highlights: z.array(HighlightSchema),
  })
  .openapi("SearchResult");

export const FoundFileSchema = z
  .strictObject({
    upload: UploadSchema,
    message_id: z.string(),
    channel_id: z.string().optional(),
    direct_conversation_id: z.string().optional(),
  })
  .openapi("FoundFile");

export const SearchReply = z
  .strictObject({
    results: z.array(SearchResultSchema),
    next_cursor: z.string().nullable(),
    people: z.array(UserSchema).optional(),
    channels: z.array(ChannelSchema).optional(),
    files: z.array(FoundFileSchema).optional(),
  })
  .openapi("SearchPage");
