import type { Database } from "../../db/database.ts";
import { publicOrigin } from "../../http/origin.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { listMembers } from "../workspaces/directory.ts";

import { addPerson, endMembership, updateMember } from "./members.ts";
import { listModeration, moderate } from "./moderation.ts";
import {
  AddPersonBody,
  MemberEventReply,
  MemberParams,
  MemberReply,
  MembersQuery,
  MembersReply,
  ModerationBody,
  ModerationListReply,
  ModerationReply,
  RemovedReply,
  SignInLinkReply,
  TransferBody,
  UpdateMemberBody,
  WorkspaceEventReply,
  WorkspaceParams,
} from "./schema.ts";
import { createSignInLink } from "./sign-in-links.ts";
import { transferOwnership } from "./transferring.ts";

const tag = "members";

export function memberRoutes(router: Router, db: Database, public_url: string | undefined): void {
  router.on(
    {
      method: "get",
      path: "/api/workspaces/{workspace_id}/members",
      tag,
      summary: "The member directory, in pages",
      scope: "workspaces:read",
      params: WorkspaceParams,
      query: MembersQuery,
      responses: { 200: MembersReply },
    },
    async ({ actor, params, query }) => ok(await listMembers(db, actor, params.workspace_id, query)),
  );
  router.on(
    {
      method: "put",
      path: "/api/workspaces/{workspace_id}/members/{user_id}",
      tag,
      summary: "Add somebody you know from another workspace",
      access: "human",
      params: MemberParams,
      body: AddPersonBody,
      body_optional: true,
      responses: { 200: MemberReply, 201: MemberReply },
    },
    async ({ actor, params, body }) => {
      const { member, added } = await addPerson(db, actor, params.workspace_id, params.user_id, body.role ?? "member");
      return added ? created({ member }) : ok({ member });
    },
  );
  const member = { path: "/api/workspaces/{workspace_id}/members/{user_id}", tag, params: MemberParams } as const;
  router.on(
    {
      ...member,
      method: "patch",
      summary: "Give somebody another role, close or reopen their account",
      access: "human",
      body: UpdateMemberBody,
      responses: { 200: MemberEventReply },
    },
    async ({ actor, params, body }) => ok(await updateMember(db, actor, params.workspace_id, params.user_id, body)),
  );
  router.on(
    {
      ...member,
      method: "delete",
      summary: "Remove somebody, or leave",
      access: "human",
      responses: { 200: RemovedReply },
    },
    async ({ actor, params }) => {
      await endMembership(db, actor, params.workspace_id, params.user_id);
      return ok({ ok: true as const });
    },
  );
  ownershipRoute(router, db);
  signInLinkRoute(router, db, public_url);
  moderationRoutes(router, db);
}

function moderationRoutes(router: Router, db: Database): void {
  router.on(
    {
      method: "get",
      path: "/api/workspaces/{workspace_id}/moderation/members",
      tag: "moderation",
      summary: "The members as managers see them, in pages",
      access: "human",
      params: WorkspaceParams,
      query: MembersQuery,
      responses: { 200: ModerationListReply },
    },
    async ({ actor, params, query }) => ok(await listModeration(db, actor, params.workspace_id, query)),
  );
  router.on(
    {
      method: "patch",
      path: "/api/workspaces/{workspace_id}/moderation/members/{user_id}",
      tag: "moderation",
      summary: "Time somebody out, block them, write a note, change their role",
      access: "human",
      params: MemberParams,
      body: ModerationBody,
      responses: { 200: ModerationReply },
    },
    async ({ actor, params, body }) => ok(await moderate(db, actor, params.workspace_id, params.user_id, body)),
  );
}

function signInLinkRoute(router: Router, db: Database, public_url: string | undefined): void {
  router.on(
    {
      method: "post",
      path: "/api/workspaces/{workspace_id}/members/{user_id}/sign-in-link",
      tag,
      summary: "Make a link that signs somebody in",
      access: "human",
      params: MemberParams,
      responses: { 201: SignInLinkReply },
    },
    async ({ actor, params, request }) => {
      const origin = publicOrigin(request, public_url);
      return created(await createSignInLink(db, actor, params.workspace_id, params.user_id, origin));
    },
  );
}

function ownershipRoute(router: Router, db: Database): void {
  router.on(
    {
      method: "post",
      path: "/api/workspaces/{workspace_id}/transfer-ownership",
      tag: "workspaces",
      summary: "Make somebody else the owner",
      access: "human",
      params: WorkspaceParams,
      body: TransferBody,
      responses: { 200: WorkspaceEventReply },
    },
    async ({ actor, params, body }) => ok(await transferOwnership(db, actor, params.workspace_id, body.user_id)),
  );
}
