import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { pageLimit, pageWindow } from "../../http/page.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { AppError } from "../../lib/errors.ts";
import { inChannel } from "../conversations/conversations.ts";
import { attachUpload, deleteMessage, editMessage } from "./changing.ts";
import { sendMessage } from "./messages.ts";
import { findByNonce, readHistory, readMessage, readPage } from "./reading.ts";
import {
  AttachBody,
  AttachedReply,
  ByNonceQuery,
  ChangedReply,
  ChannelPageQuery,
  ChannelParams,
  ChannelSendBody,
  EditBody,
  HistoryReply,
  MessagePageReply,
  MessageParams,
  MessageReply,
  SentReply,
} from "./schema.ts";

const tag = "messages";
const atChannel = { path: "/api/channels/{channel_id}/messages", tag, params: ChannelParams } as const;
const one = { path: "/api/messages/{message_id}", tag, params: MessageParams } as const;

export function messageRoutes(router: Router, db: Database): void {
  channelMessages(router, db);
  singleMessages(router, db);
  messageParts(router, db);
}

function channelMessages(router: Router, db: Database): void {
  router.on(
    {
      ...atChannel,
      method: "get",
      summary: "A page of root messages",
      scope: "messages:read",
      query: ChannelPageQuery,
      responses: { 200: MessagePageReply },
    },
    async ({ actor, params, query }) => {
      const limit = pageLimit(query.limit, LIMITS.message_page_default, LIMITS.message_page_max);
      const id = inChannel(params.channel_id);
      const window = pageWindow(query, { mode: "latest" });
      return ok(await readPage(db, actor, id, window, limit, query.topic_id || undefined));
    },
  );
  router.on(
    {
      ...atChannel,
      method: "post",
      summary: "Send a message",
      scope: "messages:write",
      body: ChannelSendBody,
      responses: { 201: SentReply, 200: MessageReply },
    },
    async ({ actor, params, body, info }) => {
      const { message, event } = await sendMessage(db, actor, inChannel(params.channel_id), {
        ...body,
        correlation_id: info.correlation_id,
      });
      return event ? created({ message, event }) : ok({ message });
    },
  );
}

function singleMessages(router: Router, db: Database): void {
  router.on(
    {
      method: "get",
      path: "/api/messages/by-nonce",
      tag,
      summary: "What my nonce became",
      scope: ["messages:write", "dms:write"],
      query: ByNonceQuery,
      responses: { 200: MessageReply },
    },
    async ({ actor, query }) => {
      const message = await findByNonce(db, actor, query.workspace_id, query.nonce);
      if (!message) throw new AppError("not_found", "no message with this nonce");
      return ok({ message });
    },
    { "x-clickclack-message-nonce": "supported" },
  );
  router.on(
    {
      ...one,
      method: "get",
      summary: "One message",
      scope: ["messages:read", "dms:read"],
      responses: { 200: MessageReply },
    },
    async ({ actor, params }) => ok({ message: await readMessage(db, actor, params.message_id) }),
  );
  router.on(
    {
      ...one,
      method: "patch",
      summary: "Edit my message, or give a message another topic",
      scope: ["messages:write", "dms:write"],
      body: EditBody,
      responses: { 200: ChangedReply },
    },
    async ({ actor, params, body }) => ok(await editMessage(db, actor, params.message_id, body)),
  );
  router.on(
    {
      ...one,
      method: "delete",
      summary: "Delete a message",
      scope: ["messages:write", "dms:write"],
      responses: { 200: ChangedReply },
    },
    async ({ actor, params }) => ok(await deleteMessage(db, actor, params.message_id)),
  );
}

function messageParts(router: Router, db: Database): void {
  router.on(
    {
      method: "get",
      path: "/api/messages/{message_id}/history",
      tag,
      summary: "What a message said before it was edited",
      scope: ["messages:read", "dms:read"],
      params: MessageParams,
      responses: { 200: HistoryReply },
    },
    async ({ actor, params }) => ok({ revisions: await readHistory(db, actor, params.message_id) }),
  );
  router.on(
    {
      method: "post",
      path: "/api/messages/{message_id}/attachments",
      tag,
      summary: "Attach a file to my message",
      scope: "uploads:write",
      params: MessageParams,
      body: AttachBody,
      responses: { 200: AttachedReply },
    },
    async ({ actor, params, body }) => {
      const attached = await attachUpload(db, actor, params.message_id, body.upload_id);
      return ok({ ok: true as const, ...attached });
    },
  );
}
