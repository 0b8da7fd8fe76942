import type { ClickClackEvent } from "@clickclack/protocol";
import type { Member, Workspace } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

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

    update: (id: string, patch: { name?: string; slug?: string; icon_url?: string }, options?: CallOptions) =>
      http.request<{ workspace: Workspace; event?: ClickClackEvent }>("PATCH", path(id), { ...options, body: patch }),

    /** A page of members by role, then name. `limit` 1 to 200; `q` looks in names and handles. */
    members: (
      id: string,
      page: { limit?: number; cursor?: string; q?: string; role?: string } = {},
      options?: CallOptions,
    ) => http.request<MemberPage>("GET", `${path(id)}/members`, { ...options, query: { ...page } }),

    /** Who has a live connection right now; everybody else is offline. */
    presence: (id: string, options?: CallOptions) =>
      http.request<{ online: { user_id: string; status: "online" | "away" }[] }>(
        "GET",
        `${path(id)}/presence`,
        options,
      ),
  };
}
