import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { pageLimit } from "../../http/page.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { listPins, pinMessage, unpinMessage } from "./pins.ts";
import { ChannelParams, PinBody, PinnedReply, PinParams, PinsQuery, PinsReply, UnpinnedReply } from "./schema.ts";

const tag = "pins";
const all = { path: "/api/channels/{channel_id}/pins", tag, params: ChannelParams } as const;

export function pinRoutes(router: Router, db: Database): void {
  router.on(
    {
      ...all,
      method: "get",
      summary: "Pinned messages, the newest pin first",
      scope: "messages:read",
      query: PinsQuery,
      responses: { 200: PinsReply },
    },
    async ({ actor, params, query }) => {
      const limit = pageLimit(query.limit, LIMITS.pins_per_channel, LIMITS.pins_per_channel);
      return ok({ messages: await listPins(db, actor, params.channel_id, limit) });
    },
  );
  router.on(
    {
      ...all,
      method: "post",
      summary: "Pin a message",
      scope: "messages:write",
      body: PinBody,
      responses: { 201: PinnedReply },
    },
    async ({ actor, params, body }) => created(await pinMessage(db, actor, params.channel_id, body.message_id)),
  );
  router.on(
    {
      method: "delete",
      path: "/api/channels/{channel_id}/pins/{message_id}",
      tag,
      summary: "Unpin a message",
      scope: "messages:write",
      params: PinParams,
      responses: { 200: UnpinnedReply },
    },
    async ({ actor, params }) => ok(await unpinMessage(db, actor, params.channel_id, params.message_id)),
  );
}
