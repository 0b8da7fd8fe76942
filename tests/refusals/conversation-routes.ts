import { conversation, type Entry } from "./entry.ts";
import type { Ids } from "./world.ts";

const CHANNELS: Entry["in"] = ["open", "hidden"];
const EVERYWHERE: Entry["in"] = ["open", "hidden", "direct"];
const DIRECT: Entry["in"] = ["direct"];

const chn = (ids: Ids) => `/api/channels/${ids.channel_id}`;
const msg = (ids: Ids) => `/api/messages/${ids.message_id}`;
const saved = (ids: Ids) => `/api/me/saved/${ids.message_id}`;
const draft = (ids: Ids) => `/api/me/drafts/${ids.channel_id || ids.conversation_id}`;
const dm = (ids: Ids) => `/api/dms/${ids.conversation_id}`;
const placeQuery = (ids: Ids) =>
  ids.channel_id ? `channel_id=${ids.channel_id}` : `direct_conversation_id=${ids.conversation_id}`;

const SEQ = () => ({ seq: 1 });
const AHOY = () => ({ body: "ahoy" });

export const channels: Record<string, Entry> = {
  "GET /api/channels/{channel_id}": conversation(CHANNELS, chn),
  "PATCH /api/channels/{channel_id}": conversation(CHANNELS, chn, {
    managers: true,
    body: () => ({ purpose: "talk" }),
  }),
  "GET /api/channels/{channel_id}/members": conversation(CHANNELS, (ids) => `${chn(ids)}/members`),
  "PUT /api/channels/{channel_id}/members/{user_id}": conversation(
    CHANNELS,
    (ids) => `${chn(ids)}/members/${ids.user_id}`,
  ),
  "DELETE /api/channels/{channel_id}/members/{user_id}": conversation(CHANNELS, (ids) => `${chn(ids)}/members/me`),
  "POST /api/channels/{channel_id}/read": conversation(CHANNELS, (ids) => `${chn(ids)}/read`, { body: SEQ }),
  "POST /api/channels/{channel_id}/unread": conversation(CHANNELS, (ids) => `${chn(ids)}/unread`, { body: SEQ }),
  "GET /api/channels/{channel_id}/notification-settings": conversation(
    CHANNELS,
    (ids) => `${chn(ids)}/notification-settings`,
  ),
  "PATCH /api/channels/{channel_id}/notification-settings": conversation(
    CHANNELS,
    (ids) => `${chn(ids)}/notification-settings`,
    { body: () => ({ preference: "muted" }) },
  ),
  "GET /api/channels/{channel_id}/messages": conversation(CHANNELS, (ids) => `${chn(ids)}/messages`),
  "POST /api/channels/{channel_id}/messages": conversation(CHANNELS, (ids) => `${chn(ids)}/messages`, {
    status: 201,
    body: AHOY,
  }),
  "PATCH /api/topics/{topic_id}": conversation(CHANNELS, (ids) => `/api/topics/${ids.topic_id}`, {
    managers: true,
    body: () => ({ archived: true }),
  }),
  "GET /api/channels/{channel_id}/pins": conversation(CHANNELS, (ids) => `${chn(ids)}/pins`),
  "POST /api/channels/{channel_id}/pins": conversation(CHANNELS, (ids) => `${chn(ids)}/pins`, {
    status: 201,
    body: ({ message_id }) => ({ message_id }),
  }),
  "DELETE /api/channels/{channel_id}/pins/{message_id}": {
    ...conversation(CHANNELS, (ids) => `${chn(ids)}/pins/${ids.message_id}`),
    async ask(ids, { t, owner }) {
      const { message_id } = ids;
      await t.call(owner, "POST", `${chn(ids)}/pins`, { message_id });
      return { path: `${chn(ids)}/pins/${message_id}` };
    },
  },
};

export const directs: Record<string, Entry> = {
  "GET /api/dms/{conversation_id}": conversation(DIRECT, dm),
  "DELETE /api/dms/{conversation_id}": conversation(DIRECT, dm, { bots: "refused" }),
  "POST /api/dms/{conversation_id}/open": conversation(DIRECT, (ids) => `${dm(ids)}/open`, { bots: "refused" }),
  "GET /api/dms/{conversation_id}/messages": conversation(DIRECT, (ids) => `${dm(ids)}/messages`),
  "POST /api/dms/{conversation_id}/messages": conversation(DIRECT, (ids) => `${dm(ids)}/messages`, {
    status: 201,
    body: AHOY,
  }),
  "POST /api/dms/{conversation_id}/read": conversation(DIRECT, (ids) => `${dm(ids)}/read`, { body: SEQ }),
  "POST /api/dms/{conversation_id}/unread": conversation(DIRECT, (ids) => `${dm(ids)}/unread`, { body: SEQ }),
};

export const messages: Record<string, Entry> = {
  "GET /api/messages/{message_id}": conversation(EVERYWHERE, msg),
  "PATCH /api/messages/{message_id}": conversation(EVERYWHERE, msg, {
    managers: true,
    body: () => ({ body: "avast" }),
  }),
  "DELETE /api/messages/{message_id}": conversation(EVERYWHERE, msg, { managers: true }),
  "GET /api/messages/{message_id}/history": conversation(EVERYWHERE, (ids) => `${msg(ids)}/history`),
  "POST /api/messages/{message_id}/attachments": conversation(EVERYWHERE, (ids) => `${msg(ids)}/attachments`, {
    managers: true,
    body: ({ upload_id }) => ({ upload_id }),
  }),
  "PUT /api/me/saved/{message_id}": conversation(EVERYWHERE, saved, { status: 201 }),
  "DELETE /api/me/saved/{message_id}": conversation(EVERYWHERE, saved),
  "PUT /api/me/drafts/{target_id}": conversation(EVERYWHERE, draft, { bots: "refused", body: AHOY }),
  "DELETE /api/me/drafts/{target_id}": conversation(EVERYWHERE, draft, { bots: "refused" }),
  "GET /api/me/drafts/{target_id}": {
    ...conversation(EVERYWHERE, draft, { bots: "refused" }),
    async ask(ids, { t, owner }) {
      await t.call(owner, "PUT", draft(ids), AHOY());
      return { path: draft(ids) };
    },
  },
  // The owner has saved it, so a direct conversation's bots, who have not, find nothing.
  "GET /api/me/saved/{message_id}": {
    ...conversation(CHANNELS, saved),
    async ask(ids, { t, owner }) {
      await t.call(owner, "PUT", saved(ids));
      return { path: saved(ids) };
    },
  },
  "GET /api/messages/{message_id}/thread": conversation(EVERYWHERE, (ids) => `${msg(ids)}/thread`),
  "POST /api/messages/{message_id}/thread/replies": conversation(EVERYWHERE, (ids) => `${msg(ids)}/thread/replies`, {
    status: 201,
    body: AHOY,
  }),
  "POST /api/messages/{message_id}/route": conversation(CHANNELS, (ids) => `${msg(ids)}/route`),
  "POST /api/messages/{message_id}/thread/read": conversation(EVERYWHERE, (ids) => `${msg(ids)}/thread/read`, {
    body: SEQ,
  }),
  "POST /api/messages/{message_id}/thread/unread": conversation(EVERYWHERE, (ids) => `${msg(ids)}/thread/unread`, {
    body: SEQ,
  }),
  "PUT /api/messages/{message_id}/thread/follow": conversation(EVERYWHERE, (ids) => `${msg(ids)}/thread/follow`),
  "DELETE /api/messages/{message_id}/thread/follow": conversation(EVERYWHERE, (ids) => `${msg(ids)}/thread/follow`),
  "POST /api/messages/{message_id}/reactions": conversation(EVERYWHERE, (ids) => `${msg(ids)}/reactions`, {
    status: 201,
    body: () => ({ emoji: "👍" }),
  }),
  "DELETE /api/messages/{message_id}/reactions/{emoji}": conversation(
    EVERYWHERE,
    (ids) => `${msg(ids)}/reactions/${encodeURIComponent("🦞")}`,
  ),
  "GET /api/uploads/{upload_id}": conversation(EVERYWHERE, (ids) => `/api/uploads/${ids.upload_id}`, { file: true }),
  "GET /api/uploads/{upload_id}/thumbnail": conversation(
    EVERYWHERE,
    (ids) => `/api/uploads/${ids.upload_id}/thumbnail?w=64`,
    { file: true },
  ),
  "GET /api/routes/{workspace_route_id}/{target_route_id}": conversation(
    EVERYWHERE,
    (ids) => `/api/routes/${ids.workspace_route}/${ids.target_route}`,
  ),
  "GET /api/search": conversation(
    EVERYWHERE,
    (ids) => `/api/search?workspace_id=${ids.workspace_id}&q=ahoy&${placeQuery(ids)}`,
  ),
  "POST /api/realtime/ephemeral": conversation(EVERYWHERE, () => "/api/realtime/ephemeral", {
    status: 202,
    body: (ids) => ({
      workspace_id: ids.workspace_id,
      type: "typing.started",
      ...(ids.channel_id ? { channel_id: ids.channel_id } : { direct_conversation_id: ids.conversation_id }),
    }),
  }),
};
