import type { Answer, Body } from "./answer.ts";
import type { Member, Workspace } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** `limit` 1 to 200; `q` looks in names and handles. */
export interface MembersQuery {
  limit?: number;
  cursor?: string;
  q?: string;
  role?: Member["role"];
}

export interface MemberPage {
  members: Member[];
  has_more: boolean;
  next_cursor?: string;
  /** Only on the first page. */
  total_count?: number;
  total_by_role?: Record<string, number>;
}

export function workspacesApi(http: Http) {
  const path = (id: string) => `/api/workspaces/${segment(id)}`;
  return {
    /** The workspaces you belong to, oldest first. */
    list: (options?: CallOptions) => http.request<{ workspaces: Workspace[] }>("GET", "/api/workspaces", options),

    get: (id: string, options?: CallOptions) => http.request<{ workspace: Workspace }>("GET", path(id), options),

    /** Makes a workspace with a `#general`; you become its owner. */
    create: (input: { name: string; slug?: string }, options?: CallOptions) =>
      http.request<{ workspace: Workspace }>("POST", "/api/workspaces", { ...options, body: input }),

    /** Renames it, or says who may create channels. */
    update: (id: string, patch: Body<"patch", "/api/workspaces/{workspace_id}">, options?: CallOptions) =>
      http.request<Answer<"patch", "/api/workspaces/{workspace_id}">>("PATCH", path(id), { ...options, body: patch }),

    /** A page of members by role, then name. */
    members: (id: string, page: MembersQuery = {}, options?: CallOptions) =>
      http.request<MemberPage>("GET", `${path(id)}/members`, { ...options, query: { ...page } }),

    /** Gives somebody another role; the last owner keeps theirs. */
    updateMember: (
      id: string,
      userId: string,
      input: { role: "moderator" | "member" | "guest" },
      options?: CallOptions,
    ) =>
      http.request<Answer<"patch", "/api/workspaces/{workspace_id}/members/{user_id}">>(
        "PATCH",
        `${path(id)}/members/${segment(userId)}`,
        { ...options, body: input },
      ),

    /** Removes somebody; removing yourself is leaving. */
    removeMember: (id: string, userId: string, options?: CallOptions) =>
      http.request<{ ok: true }>("DELETE", `${path(id)}/members/${segment(userId)}`, options),

    /** Who has a live connection right now; everybody else is offline. */
    presence: (id: string, options?: CallOptions) =>
      http.request<{ online: { user_id: string; status: "online" | "away" }[] }>(
        "GET",
        `${path(id)}/presence`,
        options,
      ),
  };
}
