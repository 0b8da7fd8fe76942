import type { Database } from "../../db/database.ts";
import { ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import {
  MemberEventReply,
  MemberParams,
  MembersQuery,
  MembersReply,
  RemovedReply,
  RoleBody,
  UpdateWorkspaceBody,
  WorkspaceEventReply,
  WorkspaceParams,
  WorkspaceReply,
  WorkspacesReply,
} from "./schema.ts";
import { changeRole, endMembership } from "./members.ts";
import { listMembers, listWorkspaces, readWorkspace, updateWorkspace } from "./workspaces.ts";

const tag = "workspaces";
const one = { path: "/api/workspaces/{workspace_id}", tag, params: WorkspaceParams } as const;

export function workspaceRoutes(router: Router, db: Database): void {
  router.on(
    {
      method: "get",
      path: "/api/workspaces",
      tag,
      summary: "My workspaces",
      scope: "workspaces:read",
      responses: { 200: WorkspacesReply },
    },
    async ({ actor }) => ok({ workspaces: await listWorkspaces(db, actor) }),
  );
  router.on(
    { ...one, method: "get", summary: "One workspace", scope: "workspaces:read", responses: { 200: WorkspaceReply } },
    async ({ actor, params }) => ok({ workspace: await readWorkspace(db, actor, params.workspace_id) }),
  );
  router.on(
    {
      ...one,
      method: "patch",
      summary: "Change name, slug or who may create channels",
      access: "human",
      body: UpdateWorkspaceBody,
      responses: { 200: WorkspaceEventReply },
    },
    async ({ actor, params, body }) => ok(await updateWorkspace(db, actor, params.workspace_id, body)),
  );
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
}
