import type { Database } from "../../db/database.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { createChannel, listChannels, markRead, updateChannel } from "./channels.ts";
import {
  ChannelEventReply,
  ChannelParams,
  ChannelsReply,
  CreateChannelBody,
  ReadBody,
  ReceiptReply,
  UpdateChannelBody,
  WorkspaceParams,
} from "./schema.ts";

const tag = "channels";
const all = { path: "/api/workspaces/{workspace_id}/channels", tag, params: WorkspaceParams } as const;

export function channelRoutes(router: Router, db: Database): void {
  router.on(
    {
      ...all,
      method: "get",
      summary: "Channels, archived ones included",
      scope: "channels:read",
      responses: { 200: ChannelsReply },
    },
    async ({ actor, params }) => ok({ channels: await listChannels(db, actor, params.workspace_id) }),
  );
  router.on(
    {
      ...all,
      method: "post",
      summary: "Create a channel",
      scope: "channels:write",
      body: CreateChannelBody,
      responses: { 201: ChannelEventReply },
    },
    async ({ actor, params, body }) => created(await createChannel(db, actor, params.workspace_id, body)),
  );
  router.on(
    {
      method: "patch",
      path: "/api/channels/{channel_id}",
      tag,
      summary: "Rename, describe, archive or restore a channel",
      scope: "channels:write",
      params: ChannelParams,
      body: UpdateChannelBody,
      responses: { 200: ChannelEventReply },
    },
    async ({ actor, params, body }) => ok(await updateChannel(db, actor, params.channel_id, body)),
  );
  router.on(
    {
      method: "post",
      path: "/api/channels/{channel_id}/read",
      tag,
      summary: "Move my read marker forward",
      scope: "messages:read",
      params: ChannelParams,
      body: ReadBody,
      responses: { 200: ReceiptReply },
    },
    async ({ actor, params, body }) => ok({ receipt: await markRead(db, actor, params.channel_id, body.seq) }),
  );
}
