import { DURABLE, LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { pageLimit } from "../../http/page.ts";
import { ok, type Reply } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import type { Ephemeral } from "../../realtime/ephemeral.ts";
import type { FrameLoaders } from "../../realtime/frames.ts";
import type { Presence } from "../../realtime/presence.ts";
import { listPresence, pullEvents, sendEphemeral } from "./realtime.ts";
import {
  EphemeralBody,
  EphemeralReply,
  EventsQuery,
  EventsReply,
  EventTypesReply,
  PresenceReply,
  WorkspaceParams,
} from "./schema.ts";

export interface RealtimeDeps {
  db: Database;
  loaders: FrameLoaders;
  ephemeral: Ephemeral;
  presence: Presence;
}

const tag = "realtime";

export function realtimeRoutes(router: Router, deps: RealtimeDeps): void {
  const { db, loaders } = deps;
  router.on(
    {
      method: "get",
      path: "/api/realtime/events",
      tag,
      summary: "Events after a cursor",
      scope: "realtime:read",
      query: EventsQuery,
      responses: { 200: EventsReply },
    },
    async ({ actor, query }) =>
      ok(
        await pullEvents(db, loaders, actor, {
          workspace_id: query.workspace_id,
          after_cursor: query.after_cursor ?? "",
          limit: pageLimit(query.limit, LIMITS.event_page_default, LIMITS.event_page_max),
          include_tail: query.include_tail === "true",
        }),
      ),
  );
  router.on(
    {
      method: "post",
      path: "/api/realtime/ephemeral",
      tag,
      summary: "Typing, presence, agent progress",
      scope: ["messages:write", "dms:write"],
      body: EphemeralBody,
      responses: { 202: EphemeralReply },
    },
    async ({ actor, body }): Promise<Reply<202, { event: Awaited<ReturnType<typeof sendEphemeral>> }>> => ({
      status: 202,
      body: { event: await sendEphemeral(db, deps, actor, body) },
    }),
  );
  router.on(
    {
      method: "get",
      path: "/api/workspaces/{workspace_id}/presence",
      tag,
      summary: "Who is here",
      scope: "workspaces:read",
      params: WorkspaceParams,
      responses: { 200: PresenceReply },
    },
    async ({ actor, params }) => ok({ online: await listPresence(db, deps.presence, actor, params.workspace_id) }),
  );
  router.on(
    {
      method: "get",
      path: "/api/event-types",
      tag,
      summary: "The durable event types",
      responses: { 200: EventTypesReply },
    },
    async () => ok({ event_types: Object.keys(DURABLE).sort() }),
  );
}
