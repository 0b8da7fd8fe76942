import type { Answer, Body } from "./answer.ts";
import type { Member } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** `limit` 1 to 200; `q` looks in names and handles. */
export interface MembersQuery {
  limit?: number;
  cursor?: string;
  q?: string;
  role?: Member["role"];
}

export type MemberPage = Answer<"get", "/api/workspaces/{workspace_id}/members">;

/** The roles that can be given; ownership is transferred. */
export type GivenRole = Body<"patch", "/api/workspaces/{workspace_id}/moderation/members/{user_id}">["role"] & string;

type Path = "/api/workspaces/{workspace_id}/members/{user_id}";

/** Who belongs to a workspace, and as what. */
export function membersApi(http: Http) {
  const all = (workspaceId: string) => `/api/workspaces/${segment(workspaceId)}/members`;
  const one = (workspaceId: string, userId: string) => `${all(workspaceId)}/${segment(userId)}`;
  const update = (workspaceId: string, userId: string, input: Body<"patch", Path>, options?: CallOptions) =>
    http.request<Answer<"patch", Path>>("PATCH", one(workspaceId, userId), {
      ...options,
      body: input,
      repeatable: true,
    });
  const remove = (workspaceId: string, userId: string, options?: CallOptions) =>
    http.request<Answer<"delete", Path>>("DELETE", one(workspaceId, userId), options);
  return {
    /**
     * A page of members by role, then name. Go on with `next_cursor`; the counts are on the first page only.
     *
     * @example
     * const { members, total_by_role } = await client.members.list(workspace.id, { q: "mia", limit: 20 });
     */
    list: (workspaceId: string, page: MembersQuery = {}, options?: CallOptions) =>
      http.request<MemberPage>("GET", all(workspaceId), { ...options, query: { ...page } }),

    /**
     * Adds somebody you know from another workspace, as a member if nothing is said; for managers. Who is in
     * already is answered as they are.
     *
     * @throws ClickClackError `not_found` for somebody you share no workspace with, `forbidden` for who was blocked.
     */
    add: (workspaceId: string, userId: string, input: Body<"put", Path> = {}, options?: CallOptions) =>
      http.request<Answer<"put", Path>>("PUT", one(workspaceId, userId), { ...options, body: input, repeatable: true }),

    /** Changes the role of somebody below you, or whether they may sign in. No `event`: it was so already. */
    update,

    /** Removes somebody below you. What they wrote stays. */
    remove,

    /** @throws ClickClackError `conflict` for the last owner; transfer the workspace first. */
    leave: (workspaceId: string, options?: CallOptions) => remove(workspaceId, "me", options),

    /**
     * A link that signs this person in, once: for those who lost their password on a server without mail. You
     * must rank above them in every workspace they are in.
     *
     * @example
     * const { url, expires_at } = await client.members.signInLink(workspace.id, mia.id);
     */
    signInLink: (workspaceId: string, userId: string, options?: CallOptions) =>
      http.request<Answer<"post", `${Path}/sign-in-link`>>("POST", `${one(workspaceId, userId)}/sign-in-link`, options),

    /**
     * They are signed out and cannot sign in, and their bots stop; they stay in every list with `deactivated_at`.
     * You must rank above them in every workspace they are in.
     */
    deactivate: (workspaceId: string, userId: string, options?: CallOptions) =>
      update(workspaceId, userId, { deactivated: true }, options),

    /** They may sign in again, with the password they had. */
    reactivate: (workspaceId: string, userId: string, options?: CallOptions) =>
      update(workspaceId, userId, { deactivated: false }, options),
  };
}
