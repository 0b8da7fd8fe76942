import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { pageLimit, pageWindow } from "../../http/page.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { invalid } from "../../lib/errors.ts";
import { listThreads, markThread, setFollowing } from "./following.ts";
import {
  InboxQuery,
  InboxReply,
  MessageParams,
  MessageReply,
  ReadBody,
  RepliedReply,
  ReplyBody,
  ThreadPageReply,
  ThreadQuery,
  ThreadReceiptReply,
  WorkspaceParams,
} from "./schema.ts";
import { readRouted, readThread, replyInThread } from "./threads.ts";

const tag = "threads";

export function threadRoutes(router: Router, db: Database): void {
  threads(router, db);
  following(router, db);
}

function threads(router: Router, db: Database): void {
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
  router.on(
    {
      method: "post",
      path: "/api/messages/{message_id}/route",
      tag,
      summary: "The short id of a root message's URL",
      scope: "threads:read",
      params: MessageParams,
      responses: { 200: MessageReply },
    },
    async ({ actor, params }) => ok({ message: await readRouted(db, actor, params.message_id) }),
  );
}

function following(router: Router, db: Database): void {
  const one = { tag, scope: "threads:read", params: MessageParams, responses: { 200: ThreadReceiptReply } } as const;
  const follow = { ...one, path: "/api/messages/{message_id}/thread/follow" } as const;
  router.on(
    {
      ...one,
      method: "post",
      path: "/api/messages/{message_id}/thread/read",
      summary: "Move my read marker forward",
      body: ReadBody,
    },
    async ({ actor, params, body }) => ok(await markThread(db, actor, params.message_id, { read: body.seq })),
  );
  router.on(
    {
      ...one,
      method: "post",
      path: "/api/messages/{message_id}/thread/unread",
      summary: "Mark unread from a reply on",
      body: ReadBody,
    },
    async ({ actor, params, body }) => ok(await markThread(db, actor, params.message_id, { unread: body.seq })),
  );
  router.on({ ...follow, method: "put", summary: "Follow a thread" }, async ({ actor, params }) =>
    ok(await setFollowing(db, actor, params.message_id, true)),
  );
  router.on({ ...follow, method: "delete", summary: "Stop following a thread" }, async ({ actor, params }) =>
    ok(await setFollowing(db, actor, params.message_id, false)),
  );
  router.on(
    {
      method: "get",
      path: "/api/workspaces/{workspace_id}/threads",
      tag,
      summary: "The threads I follow, the one answered last first",
      scope: "threads:read",
      params: WorkspaceParams,
      query: InboxQuery,
      responses: { 200: InboxReply },
    },
    async ({ actor, params, query }) => {
      const limit = pageLimit(query.limit, LIMITS.message_page_default, LIMITS.message_page_max);
      const { filter = "all", cursor } = query;
      return ok(await listThreads(db, actor, params.workspace_id, { filter, cursor, limit }));
    },
  );
}
