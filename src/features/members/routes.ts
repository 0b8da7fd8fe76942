import type { Database } from "../../db/database.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { listMembers } from "../workspaces/directory.ts";

import { addPerson, changeRole, endMembership } from "./members.ts";
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
  RoleBody,
  WorkspaceParams,
} from "./schema.ts";

const tag = "members";

export function memberRoutes(router: Router, db: Database): void {
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
      summary: "Give somebody another role",
      access: "human",
      body: RoleBody,
      responses: { 200: MemberEventReply },
    },
    async ({ actor, params, body }) => ok(await changeRole(db, actor, params.workspace_id, params.user_id, body.role)),
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
