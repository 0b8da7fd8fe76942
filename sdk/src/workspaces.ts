import type { Answer, Body } from "./answer.ts";
import type { Workspace } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { membersApi } from "./members.ts";
import { segment } from "./page.ts";

export function workspacesApi(http: Http) {
  const members = membersApi(http);
  const path = (id: string) => `/api/workspaces/${segment(id)}`;
  return {
    /** The workspaces you belong to, oldest first. */
    list: (options?: CallOptions) => http.request<{ workspaces: Workspace[] }>("GET", "/api/workspaces", options),

    get: (id: string, options?: CallOptions) => http.request<{ workspace: Workspace }>("GET", path(id), options),

    /** Makes a workspace with a `#general`; you become its owner. */
    create: (input: { name: string; slug?: string }, options?: CallOptions) =>
      http.request<{ workspace: Workspace }>("POST", "/api/workspaces", { ...options, body: input }),

    /**
     * Renames it, says who may create channels, where guests begin (`waiting_room_channel_id`, `""` for nowhere)
     * and how much they may post there in a day. `icon_url` is the path of one of its uploads, or `""`.
     *
     * @example
     * const { upload } = await client.uploads.create(workspace.id, file, "icon.png");
     * await client.workspaces.update(workspace.id, { icon_url: `/api/uploads/${upload.id}` });
     */
    update: (id: string, patch: Body<"patch", "/api/workspaces/{workspace_id}">, options?: CallOptions) =>
      http.request<Answer<"patch", "/api/workspaces/{workspace_id}">>("PATCH", path(id), { ...options, body: patch }),

    /** Makes a member or moderator the owner; you become a moderator. For the owner. */
    transferOwnership: (id: string, userId: string, options?: CallOptions) =>
      http.request<Answer<"post", "/api/workspaces/{workspace_id}/transfer-ownership">>(
        "POST",
        `${path(id)}/transfer-ownership`,
        { ...options, body: { user_id: userId } },
      ),

    /** Ends it for everybody, with all it holds, at once and for good. For the owner. */
    delete: (id: string, options?: CallOptions) => http.request<void>("DELETE", path(id), options),

    /** The same as `members.list`. */
    members: members.list,
    /** The same as `members.update`. */
    updateMember: members.update,
    /** The same as `members.remove`. */
    removeMember: members.remove,

    /** Who has a live connection right now; everybody else is offline. */
    presence: (id: string, options?: CallOptions) =>
      http.request<{ online: { user_id: string; status: "online" | "away" }[] }>(
        "GET",
        `${path(id)}/presence`,
        options,
      ),
  };
}
