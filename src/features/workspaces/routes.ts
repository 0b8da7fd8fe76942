import type { Database } from "../../db/database.ts";
import { ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import {
  UpdateWorkspaceBody,
  WorkspaceEventReply,
  WorkspaceParams,
  WorkspaceReply,
  WorkspacesReply,
} from "./schema.ts";
import { listWorkspaces, readWorkspace, updateWorkspace } from "./workspaces.ts";

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
      summary: "Change name, slug, icon and rules",
      access: "human",
      body: UpdateWorkspaceBody,
      responses: { 200: WorkspaceEventReply },
    },
    async ({ actor, params, body }) => ok(await updateWorkspace(db, actor, params.workspace_id, body)),
  );
}
