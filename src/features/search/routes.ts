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
    async ({ actor, query: { include, dms, ...query } }) => {
      const names = include?.split(",") ?? [];
      const wanted = OTHERS.filter((one) => names.includes(one));
      return ok(await search(db, actor, { ...query, dms: dms === "true" || dms === "1", include: wanted }));
    },
  );
}
