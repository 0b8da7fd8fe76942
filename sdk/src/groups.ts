import type { Answer, Body } from "./answer.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** People who are mentioned together: `@handle` of a group mentions each of them who reads the conversation. */
export function groupsApi(http: Http) {
  const inWorkspace = (id: string) => `/api/workspaces/${segment(id)}/groups`;
  const path = (id: string) => `/api/groups/${segment(id)}`;
  const member = (id: string, userId: string) => `${path(id)}/members/${segment(userId)}`;
  return {
    /** By handle; not for guests. */
    list: (workspaceId: string, options?: CallOptions) =>
      http.request<Answer<"get", "/api/workspaces/{workspace_id}/groups">>("GET", inWorkspace(workspaceId), options),

    get: (id: string, options?: CallOptions) =>
      http.request<Answer<"get", "/api/groups/{group_id}">>("GET", path(id), options),

    /**
     * For managers. Its members are added to the channels of `channel_ids`.
     *
     * @throws ClickClackError `conflict` when a group or a member has the handle.
     * @example
     * const { group } = await client.groups.create(workspace.id, { handle: "crew", name: "The crew" });
     * await client.groups.addMember(group.id, mia.id);
     */
    create: (
      workspaceId: string,
      input: Body<"post", "/api/workspaces/{workspace_id}/groups">,
      options?: CallOptions,
    ) =>
      http.request<Answer<"post", "/api/workspaces/{workspace_id}/groups">>("POST", inWorkspace(workspaceId), {
        ...options,
        body: input,
      }),

    /** For managers; what is left out stays. */
    update: (id: string, patch: Body<"patch", "/api/groups/{group_id}">, options?: CallOptions) =>
      http.request<Answer<"patch", "/api/groups/{group_id}">>("PATCH", path(id), {
        ...options,
        body: patch,
        repeatable: true,
      }),

    /** For managers. Nobody leaves a channel by it. */
    delete: (id: string, options?: CallOptions) =>
      http.request<Answer<"delete", "/api/groups/{group_id}">>("DELETE", path(id), options),

    /** For managers and whoever made the group. They come into the group's channels too. */
    addMember: (id: string, userId: string, options?: CallOptions) =>
      http.request<Answer<"put", "/api/groups/{group_id}/members/{user_id}">>("PUT", member(id, userId), {
        ...options,
        repeatable: true,
      }),

    /** They stay in the channels they are in. */
    removeMember: (id: string, userId: string, options?: CallOptions) =>
      http.request<Answer<"delete", "/api/groups/{group_id}/members/{user_id}">>("DELETE", member(id, userId), {
        ...options,
        repeatable: true,
      }),
  };
}
