import type { Database } from "../../db/database.ts";
import { publicOrigin } from "../../http/origin.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { timestamp } from "../../lib/clock.ts";
import { OkReply } from "../auth/schema.ts";
import { createInvite, listInvites, readInvite, revokeInvite } from "./invites.ts";
import {
  CreateInviteBody,
  InviteParams,
  InviteReply,
  InvitesReply,
  PublicInviteReply,
  WorkspaceParams,
} from "./schema.ts";

const tag = "invites";
const all = { path: "/api/workspaces/{workspace_id}/invites", tag, access: "human", params: WorkspaceParams } as const;

export function inviteRoutes(router: Router, db: Database, public_url: string | undefined): void {
  router.on(
    {
      ...all,
      method: "post",
      summary: "Make an invite link",
      body: CreateInviteBody,
      body_optional: true,
      responses: { 201: InviteReply },
    },
    async ({ actor, params, body, request }) =>
      created({ invite: await createInvite(db, actor, params.workspace_id, body, publicOrigin(request, public_url)) }),
  );
  router.on(
    { ...all, method: "get", summary: "The workspace's invite links", responses: { 200: InvitesReply } },
    async ({ actor, params, request }) =>
      ok({ invites: await listInvites(db, actor, params.workspace_id, publicOrigin(request, public_url)) }),
  );
  router.on(
    {
      method: "delete",
      path: "/api/invites/{invite}",
      tag,
      summary: "Revoke an invite link",
      access: "human",
      params: InviteParams,
      responses: { 200: OkReply },
    },
    async ({ actor, params }) => {
      await revokeInvite(db, actor, params.invite);
      return ok({ ok: true as const });
    },
  );
  router.on(
    {
      method: "get",
      path: "/api/invites/{invite}",
      tag,
      summary: "What an invite link leads to",
      access: "public",
      params: InviteParams,
      responses: { 200: PublicInviteReply },
    },
    async ({ params, info }) => ok({ invite: await readInvite(db, params.invite, timestamp(info.at_ms)) }),
  );
}
