import type { Database } from "../../db/database.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { addToGroup, createGroup, deleteGroup, removeFromGroup, updateGroup } from "./groups.ts";
import { listGroups, readGroup } from "./reading.ts";
import {
  CreateGroupBody,
  GroupEventReply,
  GroupGoneReply,
  GroupMemberParams,
  GroupParams,
  GroupReply,
  GroupsReply,
  UpdateGroupBody,
  WorkspaceParams,
} from "./schema.ts";

const tag = "groups";
const all = { path: "/api/workspaces/{workspace_id}/groups", tag, params: WorkspaceParams } as const;
const one = { path: "/api/groups/{group_id}", tag, params: GroupParams } as const;
const member = { path: "/api/groups/{group_id}/members/{user_id}", tag, params: GroupMemberParams } as const;

export function groupRoutes(router: Router, db: Database): void {
  router.on(
    { ...all, method: "get", summary: "Groups of people", scope: "workspaces:read", responses: { 200: GroupsReply } },
    async ({ actor, params }) => ok({ groups: await listGroups(db, actor, params.workspace_id) }),
  );
  router.on(
    {
      ...all,
      method: "post",
      summary: "Make a group",
      access: "human",
      body: CreateGroupBody,
      responses: { 201: GroupEventReply },
    },
    async ({ actor, params, body }) => created(await createGroup(db, actor, params.workspace_id, body)),
  );
  router.on(
    { ...one, method: "get", summary: "One group", scope: "workspaces:read", responses: { 200: GroupReply } },
    async ({ actor, params }) => ok({ group: await readGroup(db, actor, params.group_id) }),
  );
  router.on(
    {
      ...one,
      method: "patch",
      summary: "Rename or describe a group, choose its channels",
      access: "human",
      body: UpdateGroupBody,
      responses: { 200: GroupEventReply },
    },
    async ({ actor, params, body }) => ok(await updateGroup(db, actor, params.group_id, body)),
  );
  router.on(
    { ...one, method: "delete", summary: "End a group", access: "human", responses: { 200: GroupGoneReply } },
    async ({ actor, params }) => ok({ ok: true as const, event: await deleteGroup(db, actor, params.group_id) }),
  );
  groupMemberRoutes(router, db);
}

function groupMemberRoutes(router: Router, db: Database): void {
  router.on(
    {
      ...member,
      method: "put",
      summary: "Put somebody into a group",
      access: "human",
      responses: { 200: GroupEventReply },
    },
    async ({ actor, params }) => ok(await addToGroup(db, actor, params.group_id, params.user_id)),
  );
  router.on(
    {
      ...member,
      method: "delete",
      summary: "Take somebody out of a group",
      access: "human",
      responses: { 200: GroupEventReply },
    },
    async ({ actor, params }) => ok(await removeFromGroup(db, actor, params.group_id, params.user_id)),
  );
}
