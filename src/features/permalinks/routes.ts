import type { Database } from "../../db/database.ts";
import { ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { resolvePermalink } from "./permalinks.ts";
import { PermalinkParams, PermalinkReply } from "./schema.ts";

export function permalinkRoutes(router: Router, db: Database): void {
  router.on(
    {
      method: "get",
      path: "/api/routes/{workspace_route_id}/{target_route_id}",
      tag: "routes",
      summary: "What the two short ids of a URL stand for",
      scope: ["channels:read", "dms:read", "threads:read"],
      params: PermalinkParams,
      responses: { 200: PermalinkReply },
    },
    async ({ actor, params }) =>
      ok({ route: await resolvePermalink(db, actor, params.workspace_route_id, params.target_route_id) }),
  );
}
