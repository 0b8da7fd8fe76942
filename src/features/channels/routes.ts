import type { Database } from "../../db/database.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { createChannel, listChannels, readChannel, updateChannel } from "./channels.ts";
import {
  addChannelMember,
  listChannelMembers,
  markChannel,
  readPreference,
  removeChannelMember,
  setPreference,
} from "./members.ts";
import {
  ChannelEventReply,
  ChannelMemberParams,
  ChannelMemberReply,
  ChannelParams,
  ChannelReply,
  ChannelsReply,
  CreateChannelBody,
  LeftReply,
  MembersQuery,
  MembersReply,
  ReadBody,
  ReceiptReply,
  SettingsBody,
  SettingsReply,
  UpdateChannelBody,
  WorkspaceParams,
} from "./schema.ts";

const tag = "channels";
const all = { path: "/api/workspaces/{workspace_id}/channels", tag, params: WorkspaceParams } as const;

export function channelRoutes(router: Router, db: Database): void {
  channels(router, db);
  members(router, db);
  standing(router, db);
}

function channels(router: Router, db: Database): void {
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
      method: "get",
      path: "/api/channels/{channel_id}",
      tag,
      summary: "One channel",
      scope: "channels:read",
      params: ChannelParams,
      responses: { 200: ChannelReply },
    },
    async ({ actor, params }) => ok({ channel: await readChannel(db, actor, params.channel_id) }),
  );
}

function members(router: Router, db: Database): void {
  const one = { path: "/api/channels/{channel_id}/members/{user_id}", tag, params: ChannelMemberParams } as const;
  router.on(
    {
      method: "get",
      path: "/api/channels/{channel_id}/members",
      tag,
      summary: "Who may read the channel, in pages",
      scope: "channels:read",
      params: ChannelParams,
      query: MembersQuery,
      responses: { 200: MembersReply },
    },
    async ({ actor, params, query }) => ok(await listChannelMembers(db, actor, params.channel_id, query)),
  );
  router.on(
    {
      ...one,
      method: "put",
      summary: "Add somebody, or come back to a channel I left",
      scope: "channels:write",
      responses: { 200: ChannelMemberReply },
    },
    async ({ actor, params }) => ok(await addChannelMember(db, actor, params.channel_id, params.user_id)),
  );
  router.on(
    {
      ...one,
      method: "delete",
      summary: "Remove somebody, or leave",
      scope: "channels:write",
      responses: { 200: LeftReply },
    },
    async ({ actor, params }) =>
      ok({ ok: true as const, ...(await removeChannelMember(db, actor, params.channel_id, params.user_id)) }),
  );
}

function standing(router: Router, db: Database): void {
  const settings = {
    path: "/api/channels/{channel_id}/notification-settings",
    tag,
    params: ChannelParams,
    responses: { 200: SettingsReply },
  } as const;
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
    async ({ actor, params, body }) => ok(await markChannel(db, actor, params.channel_id, { read: body.seq })),
  );
  router.on(
    {
      method: "post",
      path: "/api/channels/{channel_id}/unread",
      tag,
      summary: "Mark unread from a message on",
      scope: "messages:read",
      params: ChannelParams,
      body: ReadBody,
      responses: { 200: ReceiptReply },
    },
    async ({ actor, params, body }) => ok(await markChannel(db, actor, params.channel_id, { unread: body.seq })),
  );
  router.on(
    { ...settings, method: "get", summary: "What I am notified of", scope: "messages:read" },
    async ({ actor, params }) => ok({ preference: await readPreference(db, actor, params.channel_id) }),
  );
  router.on(
    {
      ...settings,
      method: "patch",
      summary: "Choose what I am notified of",
      scope: "messages:write",
      body: SettingsBody,
    },
    async ({ actor, params, body }) =>
      ok({ preference: await setPreference(db, actor, params.channel_id, body.preference) }),
  );
}
