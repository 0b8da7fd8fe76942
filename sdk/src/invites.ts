import type { SignedIn } from "./auth.ts";
import type { Invite, User, Workspace } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** What anybody who has the code may know. A code that is unknown, used up or expired is a 404. */
export interface InvitePreview {
  invite: {
    code: string;
    workspace_name: string;
    inviter_name: string;
    role: "moderator" | "member";
    member_count: number;
    expires_at?: string;
  };
}

/** `session` and `token` are there for somebody new. */
export interface InviteAccepted extends Partial<Pick<SignedIn, "session" | "token">> {
  workspace: Workspace;
  user: User;
}

export function invitesApi(http: Http, keepsToken: boolean) {
  const ofWorkspace = (id: string) => `/api/workspaces/${segment(id)}/invites`;
  return {
    /** `expires_at` is RFC 3339; without `max_uses` the link works until it expires. */
    create: (
      workspaceId: string,
      input: { role?: "moderator" | "member"; max_uses?: number; expires_at?: string } = {},
      options?: CallOptions,
    ) => http.request<{ invite: Invite }>("POST", ofWorkspace(workspaceId), { ...options, body: input }),

    list: (workspaceId: string, options?: CallOptions) =>
      http.request<{ invites: Invite[] }>("GET", ofWorkspace(workspaceId), options),

    /** Public: the workspace's name and who invites. */
    get: (code: string, options?: CallOptions) =>
      http.request<InvitePreview>("GET", `/api/invites/${segment(code)}`, options),

    /** Joins: signed in, without `person`; as somebody new, with it, and then you are signed in. */
    accept: async (
      code: string,
      person?: { display_name: string; email: string; password: string },
      options?: CallOptions,
    ): Promise<InviteAccepted> => {
      const answer = await http.request<InviteAccepted>("POST", `/api/invites/${segment(code)}/accept`, {
        ...options,
        body: person ?? {},
      });
      if (keepsToken && answer.token) http.options.token = answer.token;
      return answer;
    },

    revoke: (id: string, options?: CallOptions) =>
      http.request<{ ok: true }>("DELETE", `/api/invites/${segment(id)}`, options),
  };
}
