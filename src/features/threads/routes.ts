import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { pageLimit, pageWindow } from "../../http/page.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { invalid } from "../../lib/errors.ts";
import { MessageParams, RepliedReply, ReplyBody, ThreadPageReply, ThreadQuery } from "./schema.ts";
import { readThread, replyInThread } from "./threads.ts";

const tag = "threads";

export function threadRoutes(router: Router, db: Database): void {
  router.on(
    {
      method: "get",
      path: "/api/messages/{message_id}/thread",
      tag,
      summary: "A page of a thread",
      scope: "threads:read",
      params: MessageParams,
      query: ThreadQuery,
      responses: { 200: ThreadPageReply },
    },
    async ({ actor, params, query }) => {
      if (query.mode !== undefined) throw invalid("mode", "mode is not for threads; use latest=true");
      const { mode: _none, ...cursors } = query;
      const window = pageWindow(cursors, { mode: query.latest === "true" ? "latest" : "earliest" });
      return ok(
        await readThread(
          db,
          actor,
          params.message_id,
          window,
          pageLimit(query.limit, LIMITS.message_page_default, LIMITS.message_page_max),
        ),
      );
    },
  );
  router.on(
    {
      method: "post",
      path: "/api/messages/{message_id}/thread/replies",
      tag,
      summary: "Reply in a thread",
      scope: "threads:write",
      params: MessageParams,
      body: ReplyBody,
      responses: { 201: RepliedReply, 200: RepliedReply },
    },
    async ({ actor, params, body, info }) => {
      const replied = await replyInThread(db, actor, params.message_id, {
        ...body,
        correlation_id: info.correlation_id,
      });
      return replied.events.length > 0 ? created(replied) : ok(replied);
    },
  );
}
