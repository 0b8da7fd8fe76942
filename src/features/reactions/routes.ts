import type { Database } from "../../db/database.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { addReaction, removeReaction } from "./reactions.ts";
import { EmojiParams, MessageParams, ReactBody, ReactedReply, ReactionsReply } from "./schema.ts";

const tag = "reactions";

export function reactionRoutes(router: Router, db: Database): void {
  router.on(
    {
      method: "post",
      path: "/api/messages/{message_id}/reactions",
      tag,
      summary: "React with an emoji",
      scope: ["messages:write", "dms:write"],
      params: MessageParams,
      body: ReactBody,
      responses: { 201: ReactedReply, 200: ReactionsReply },
    },
    async ({ actor, params, body }) => {
      const { event, reactions } = await addReaction(db, actor, params.message_id, body.emoji);
      return event ? created({ event, reactions }) : ok({ reactions });
    },
  );
  router.on(
    {
      method: "delete",
      path: "/api/messages/{message_id}/reactions/{emoji}",
      tag,
      summary: "Take my reaction back",
      scope: ["messages:write", "dms:write"],
      params: EmojiParams,
      responses: { 200: ReactionsReply },
    },
    async ({ actor, params }) => ok(await removeReaction(db, actor, params.message_id, params.emoji)),
  );
}
