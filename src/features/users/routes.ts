import type { Database } from "../../db/database.ts";
import { ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { MeReply, UpdateMeBody } from "./schema.ts";
import { readMe, updateMe } from "./users.ts";

export function userRoutes(router: Router, db: Database): void {
  router.on(
    {
      method: "get",
      path: "/api/me",
      tag: "users",
      summary: "Who I am",
      scope: "profile:read",
      responses: { 200: MeReply },
    },
    async ({ actor }) => ok({ user: await readMe(db, actor) }),
  );
  router.on(
    {
      method: "patch",
      path: "/api/me",
      tag: "users",
      summary: "Change my profile",
      access: "human",
      body: UpdateMeBody,
      responses: { 200: MeReply },
    },
    async ({ actor, body }) => ok({ user: await updateMe(db, actor, body) }),
  );
}
