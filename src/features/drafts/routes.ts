import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { pageLimit } from "../../http/page.ts";
import { ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { discardDraft, keepDraft, listDrafts, readDraft } from "./drafts.ts";
import {
  DraftBody,
  DraftParams,
  DraftReply,
  DraftsQuery,
  DraftsReply,
  GoneDraftReply,
  KeptDraftReply,
} from "./schema.ts";

const tag = "drafts";
const access = "human";
const one = { path: "/api/me/drafts/{target_id}", tag, access, params: DraftParams } as const;

export function draftRoutes(router: Router, db: Database): void {
  router.on(
    {
      method: "get",
      path: "/api/me/drafts",
      tag,
      summary: "What I began to write, written last first",
      access,
      query: DraftsQuery,
      responses: { 200: DraftsReply },
    },
    async ({ actor, query }) => {
      const limit = pageLimit(query.limit, LIMITS.draft_page_default, LIMITS.draft_page_max);
      return ok(await listDrafts(db, actor, query.workspace_id, { cursor: query.cursor, limit }));
    },
  );
  router.on(
    { ...one, method: "get", summary: "What I began to write somewhere", responses: { 200: DraftReply } },
    async ({ actor, params }) => ok({ draft: await readDraft(db, actor, params.target_id) }),
  );
  router.on(
    {
      ...one,
      method: "put",
      summary: "Keep what I am writing",
      body: DraftBody,
      responses: { 200: KeptDraftReply },
    },
    async ({ actor, params, body }) => ok(await keepDraft(db, actor, params.target_id, body)),
  );
  router.on(
    { ...one, method: "delete", summary: "Discard what I began to write", responses: { 200: GoneDraftReply } },
    async ({ actor, params }) => ok({ ok: true as const, ...(await discardDraft(db, actor, params.target_id)) }),
  );
}
