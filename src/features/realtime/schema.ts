import { z } from "@hono/zod-openapi";
import { EventSchema, WorkspaceParams } from "../workspaces/schema.ts";

export { WorkspaceParams };

export const EventsQuery = z.object({
  workspace_id: z.string().min(1).max(64),
  after_cursor: z.string().max(64).optional(),
  limit: z.string().max(16).optional(),
  include_tail: z.enum(["true", "false"]).optional(),
});
export const EventsReply = z.strictObject({ events: z.array(EventSchema), tail_cursor: z.string().optional() });

export const EphemeralBody = z.object({
  workspace_id: z.string().min(1).max(64),
  type: z.enum(["typing.started", "typing.stopped", "presence.changed", "agent.progress"]),
  channel_id: z.string().max(64).optional(),
  direct_conversation_id: z.string().max(64).optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
});
export const EphemeralReply = z.strictObject({ event: EventSchema });

export const PresenceReply = z.strictObject({
  online: z.array(z.strictObject({ user_id: z.string(), status: z.enum(["online", "away"]) })),
});
export const EventTypesReply = z.strictObject({ event_types: z.array(z.string()) });
