import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { pageLimit, pageWindow } from "../../http/page.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { inDirect } from "../conversations/conversations.ts";
import { sendMessage } from "../messages/messages.ts";
import { readPage } from "../messages/reading.ts";
import { closeDirect, listDirect, markDirect, openDirect, readDirect, reopenDirect } from "./dms.ts";
import {
  ClosedReply,
  DirectListReply,
  DirectParams,
  DirectQuery,
  DirectReply,
  MessagePageReply,
  MessageReply,
  OpenDirectBody,
  PageQuery,
  ReadBody,
  ReceiptReply,
  SendBody,
  SentReply,
} from "./schema.ts";

const tag = "dms";
const all = { path: "/api/dms", tag } as const;
const one = { path: "/api/dms/{conversation_id}", tag, params: DirectParams } as const;
const messages = { path: "/api/dms/{conversation_id}/messages", tag, params: DirectParams } as const;

export function directRoutes(router: Router, db: Database): void {
  conversations(router, db);
  conversationMessages(router, db);
  markers(router, db);
}

function conversations(router: Router, db: Database): void {
  router.on(
    {
      ...all,
      method: "get",
      summary: "My direct conversations",
      scope: "dms:read",
      query: DirectQuery,
      responses: { 200: DirectListReply },
    },
    async ({ actor, query }) => ok({ conversations: await listDirect(db, actor, query.workspace_id) }),
  );
  router.on(
    {
      ...all,
      method: "post",
      summary: "Open the conversation of a group of people",
      scope: "dms:write",
      body: OpenDirectBody,
      responses: { 201: DirectReply },
    },
    async ({ actor, body }) => created({ conversation: await openDirect(db, actor, body) }),
  );
  router.on(
    { ...one, method: "get", summary: "One conversation", scope: "dms:read", responses: { 200: DirectReply } },
    async ({ actor, params }) => ok({ conversation: await readDirect(db, actor, params.conversation_id) }),
  );
  router.on(
    { ...one, method: "delete", summary: "Close it for me", access: "human", responses: { 200: ClosedReply } },
    async ({ actor, params }) => {
      await closeDirect(db, actor, params.conversation_id);
      return ok({ ok: true as const });
    },
  );
  router.on(
    {
      method: "post",
      path: "/api/dms/{conversation_id}/open",
      tag,
      summary: "Open it again for me",
      access: "human",
      params: DirectParams,
      responses: { 200: DirectReply },
    },
    async ({ actor, params }) => ok({ conversation: await reopenDirect(db, actor, params.conversation_id) }),
  );
}

function conversationMessages(router: Router, db: Database): void {
  router.on(
    {
      ...messages,
      method: "get",
      summary: "A page of root messages",
      scope: "dms:read",
      query: PageQuery,
      responses: { 200: MessagePageReply },
    },
    async ({ actor, params, query }) => {
      const limit = pageLimit(query.limit, LIMITS.message_page_default, LIMITS.message_page_max);
      const id = inDirect(params.conversation_id);
      return ok(await readPage(db, actor, id, pageWindow(query, { mode: "latest" }), limit));
    },
  );
  router.on(
    {
      ...messages,
      method: "post",
      summary: "Send a direct message",
      scope: "dms:write",
      body: SendBody,
      responses: { 201: SentReply, 200: MessageReply },
    },
    async ({ actor, params, body, info }) => {
      const input = { ...body, correlation_id: info.correlation_id };
      const { message, event } = await sendMessage(db, actor, inDirect(params.conversation_id), input);
      return event ? created({ message, event }) : ok({ message });
    },
  );
}

function markers(router: Router, db: Database): void {
  const mark = {
    tag,
    scope: "dms:read",
    params: DirectParams,
    body: ReadBody,
    responses: { 200: ReceiptReply },
  } as const;
  router.on(
    { ...mark, method: "post", path: "/api/dms/{conversation_id}/read", summary: "Move my read marker forward" },
    async ({ actor, params, body }) => ok(await markDirect(db, actor, params.conversation_id, { read: body.seq })),
  );
  router.on(
    { ...mark, method: "post", path: "/api/dms/{conversation_id}/unread", summary: "Mark unread from a message on" },
    async ({ actor, params, body }) => ok(await markDirect(db, actor, params.conversation_id, { unread: body.seq })),
  );
}
