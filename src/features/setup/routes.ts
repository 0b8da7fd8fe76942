import type { Database } from "../../db/database.ts";
import { networkOf } from "../../http/address.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { moment, sessionCookie } from "../../http/session.ts";
import type { Passwords } from "../../lib/password.ts";
import type { SignInLimits } from "../auth/auth.ts";
import {
  AcceptBody,
  AcceptedReply,
  CreateWorkspaceBody,
  InviteParams,
  SetupBody,
  SetupReply,
  SetupStatusReply,
  WorkspaceReply,
} from "./schema.ts";
import { acceptInvite, addWorkspace, type Claim, claimServer, setupNeeded } from "./setup.ts";

export interface SetupDeps {
  db: Database;
  passwords: Passwords;
  limits: SignInLimits;
  claim: Claim | undefined;
  public_url: string | undefined;
}

export function setupRoutes(router: Router, { db, passwords, limits, claim, public_url }: SetupDeps): void {
  router.on(
    {
      method: "get",
      path: "/api/auth/setup",
      tag: "setup",
      summary: "Whether the server has nobody yet",
      access: "public",
      responses: { 200: SetupStatusReply },
    },
    async () => ok({ needed: await setupNeeded(db) }),
  );
  router.on(
    {
      method: "post",
      path: "/api/auth/setup",
      tag: "setup",
      summary: "Claim a new server",
      access: "public",
      sign_in: true,
      body: SetupBody,
      responses: { 201: SetupReply },
    },
    async ({ body, request, info }) => {
      limits.address.take(networkOf(info.address), info.at_ms);
      const claimed = await claimServer(db, passwords, claim, { ...body, ...moment(request, info) });
      return created(claimed, { "set-cookie": sessionCookie(claimed.token, request, info, public_url) });
    },
  );
  router.on(
    {
      method: "post",
      path: "/api/workspaces",
      tag: "workspaces",
      summary: "Create a workspace with #general",
      access: "human",
      body: CreateWorkspaceBody,
      responses: { 201: WorkspaceReply },
    },
    async ({ actor, body }) => created({ workspace: await addWorkspace(db, actor, body) }),
  );
  router.on(
    {
      method: "post",
      path: "/api/invites/{invite}/accept",
      tag: "invites",
      summary: "Join by an invite link",
      access: "optional",
      sign_in: true,
      params: InviteParams,
      body: AcceptBody,
      body_optional: true,
      responses: { 200: AcceptedReply, 201: AcceptedReply },
    },
    async ({ actor, params, body, request, info }) => {
      // Somebody new is a sign-in, limited like one; people who are known already are not.
      if (!actor) limits.address.take(networkOf(info.address), info.at_ms);
      const accepted = await acceptInvite(db, passwords, actor, params.invite, { ...body, ...moment(request, info) });
      if (accepted.token === undefined) return ok(accepted);
      // Somebody new was made, and is signed in.
      return created(accepted, { "set-cookie": sessionCookie(accepted.token, request, info, public_url) });
    },
  );
}
