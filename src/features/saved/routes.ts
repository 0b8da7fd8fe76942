import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { pageLimit } from "../../http/page.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { listSaved, readSaved, saveMessage, unsaveMessage } from "./saved.ts";
import { MessageParams, SaveBody, SavedListReply, SavedQuery, SavedReply, UnsavedReply } from "./schema.ts";

const tag = "saved";
const scope = ["messages:read", "dms:read"] as const;
const one = { path: "/api/me/saved/{message_id}", tag, scope, params: MessageParams } as const;

export function savedRoutes(router: Router, db: Database): void {
  router.on(
    {
      method: "get",
      path: "/api/me/saved",
      tag,
      summary: "Messages I saved, saved last first",
      scope,
      query: SavedQuery,
      responses: { 200: SavedListReply },
    },
    async ({ actor, query }) => {
      const limit = pageLimit(query.limit, LIMITS.message_page_default, LIMITS.message_page_max);
      return ok(await listSaved(db, actor, query.workspace_id, { cursor: query.cursor, limit }));
    },
  );
  router.on(
    { ...one, method: "get", summary: "When I saved a message", responses: { 200: SavedReply } },
    async ({ actor, params }) => ok({ saved: await readSaved(db, actor, params.message_id) }),
  );
  router.on(
    {
      ...one,
      method: "put",
      summary: "Save a message for myself, and be reminded of it",
      body: SaveBody,
      body_optional: true,
      responses: { 201: SavedReply, 200: SavedReply },
    },
    async ({ actor, params, body }) => {
      const saved = await saveMessage(db, actor, params.message_id, body.remind_at);
      return saved.event?.type === "saved.added" ? created(saved) : ok(saved);
    },
  );
  router.on(
    { ...one, method: "delete", summary: "Take a message off my list", responses: { 200: UnsavedReply } },
    async ({ actor, params }) => ok({ ok: true as const, ...(await unsaveMessage(db, actor, params.message_id)) }),
  );
}
