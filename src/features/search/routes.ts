import type { Database } from "../../db/database.ts";
import { ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { OTHERS } from "./others.ts";
import { SearchQuerySchema, SearchReply } from "./schema.ts";
import { search } from "./search.ts";

export function searchRoutes(router: Router, db: Database): void {
  router.on(
    {
      method: "get",
      path: "/api/search",
      tag: "search",
      summary: "Find messages, and people, channels and files by name",
      scope: "messages:read",
      query: SearchQuerySchema,
      responses: { 200: SearchReply },
    },
    async ({ actor, query }) => {
      const names = query.include?.split(",") ?? [];
      // Clients of the original send an empty parameter for one they leave out.
      const input = {
        ...query,
        channel_id: query.channel_id || undefined,
        direct_conversation_id: query.direct_conversation_id || undefined,
        cursor: query.cursor || undefined,
        dms: query.dms === "true" || query.dms === "1",
        include: OTHERS.filter((one) => names.includes(one)),
      };
      return ok(await search(db, actor, input));
    },
  );
}
