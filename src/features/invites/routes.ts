import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { networkOf } from "../../http/address.ts";
import { publicOrigin } from "../../http/origin.ts";
import { pageLimit } from "../../http/page.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import type { RateLimit } from "../../lib/ratelimit.ts";
import { OkReply } from "../auth/schema.ts";
import type { Mailer } from "../mail/mail.ts";
import { createInvite, listInvites, revokeInvite } from "./invites.ts";
import { readInvite } from "./preview.ts";
import {
  CreateInviteBody,
  InviteParams,
  InviteReply,
  InvitesQuery,
  InvitesReply,
  PublicInviteReply,
  WorkspaceParams,
} from "./schema.ts";

export interface InviteDeps {
  db: Database;
  public_url: string | undefined;
  mailer: Mailer;
  /** Codes of no invite, by the address they came from. */
  guesses: RateLimit;
}

const tag = "invites";
const all = { path: "/api/workspaces/{workspace_id}/invites", tag, access: "human", params: WorkspaceParams } as const;

export function inviteRoutes(router: Router, { db, public_url, mailer, guesses }: InviteDeps): void {
  router.on(
    {
      ...all,
      method: "post",
      summary: "Make an invite link",
      body: CreateInviteBody,
      body_optional: true,
      responses: { 201: InviteReply },
    },
    async ({ actor, params, body, request }) => {
      const delivery = { origin: publicOrigin(request, public_url), mailer };
      return created(await createInvite(db, actor, params.workspace_id, body, delivery));
    },
  );
  router.on(
    {
      ...all,
      method: "get",
      summary: "The workspace's invite links, newest first",
      query: InvitesQuery,
      responses: { 200: InvitesReply },
    },
    async ({ actor, params, query, request }) => {
      const limit = pageLimit(query.limit, LIMITS.invite_page_default, LIMITS.invite_page_max);
      const origin = publicOrigin(request, public_url);
      return ok(await listInvites(db, actor, params.workspace_id, { ...query, limit }, origin));
    },
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
    async ({ params, info }) => {
      const presented = { code: params.invite, network: networkOf(info.address), at_ms: info.at_ms };
      return ok({ invite: await readInvite(db, guesses, presented) });
    },
  );
}
