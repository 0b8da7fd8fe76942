import { networkOf } from "../../http/address.ts";
import { created, noContent, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { moment, sessionCookie } from "../../http/session.ts";
import { deactivateSelf } from "../members/deactivating.ts";
import { acceptInvite, type JoinDeps } from "./joining.ts";
import { deleteWorkspace } from "./removing.ts";
import {
  AcceptBody,
  AcceptedReply,
  CreateWorkspaceBody,
  DeactivateBody,
  DeactivatedReply,
  InviteParams,
  Nothing,
  SetupBody,
  SetupReply,
  SetupStatusReply,
  WorkspaceParams,
  WorkspaceReply,
} from "./schema.ts";
import { addWorkspace, type Claim, claimServer, setupNeeded } from "./setup.ts";

export interface SetupDeps extends JoinDeps {
  claim: Claim | undefined;
  public_url: string | undefined;
}

export function setupRoutes(router: Router, deps: SetupDeps): void {
  const { db, passwords, limits, claim, public_url } = deps;
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
  endingRoutes(router, deps);
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
      const from = { ...moment(request, info), network: networkOf(info.address) };
      const { accepted, is_new } = await acceptInvite(deps, actor, params.invite, { ...body, ...from });
      if (accepted.token === undefined) return ok(accepted);
      const headers = { "set-cookie": sessionCookie(accepted.token, request, info, public_url) };
      return is_new ? created(accepted, headers) : ok(accepted, headers);
    },
  );
}

function endingRoutes(router: Router, { db, passwords, limits }: SetupDeps): void {
  router.on(
    {
      method: "delete",
      path: "/api/workspaces/{workspace_id}",
      tag: "workspaces",
      summary: "Delete a workspace and everything in it",
      access: "human",
      params: WorkspaceParams,
      responses: { 204: Nothing },
    },
    async ({ actor, params }) => {
      await deleteWorkspace(db, actor, params.workspace_id);
      return noContent();
    },
  );
  router.on(
    {
      method: "post",
      path: "/api/me/deactivate",
      tag: "users",
      summary: "Close my account",
      access: "human",
      body: DeactivateBody,
      body_optional: true,
      responses: { 200: DeactivatedReply },
    },
    async ({ actor, body }) => {
      await deactivateSelf(db, passwords, limits.password, actor, body.password);
      return ok({ ok: true as const });
    },
  );
}
