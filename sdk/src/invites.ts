import type { Answer, Body } from "./answer.ts";
import type { User, Workspace } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";
import type { SignedIn } from "./sign-in.ts";

/** What anybody who has the code may know. A code that is unknown, used up or expired is a 404. */
export type InvitePreview = Answer<"get", "/api/invites/{invite}">;

export type InviteInput = Body<"post", "/api/workspaces/{workspace_id}/invites">;

/** `session` and `token` are there for somebody new. */
export interface InviteAccepted extends Partial<Pick<SignedIn, "session" | "token">> {
  workspace: Workspace;
  user: User;
}

export function invitesApi(http: Http, keepsToken: boolean) {
  const ofWorkspace = (id: string) => `/api/workspaces/${segment(id)}/invites`;
  return {
    /**
     * A link that lets people in as `role`, `member` by default. `expires_at` is RFC 3339; without `max_uses` the
     * link works until it expires. With `email` it works for that address only, and is sent there when the server
     * can send mail (`sent` in the answer).
     *
     * @example
     * const { invite } = await client.invites.create(workspace.id, { role: "guest", max_uses: 1 });
     * show(invite.url);
     */
    create: (workspaceId: string, input: InviteInput = {}, options?: CallOptions) =>
      http.request<Answer<"post", "/api/workspaces/{workspace_id}/invites">>("POST", ofWorkspace(workspaceId), {
        ...options,
        body: input,
      }),

    /** Newest first, with who came by them; for managers. Go on with `next_cursor`. */
    list: (
      workspaceId: string,
      page: { state?: "active" | "ended"; cursor?: string; limit?: number } = {},
      options?: CallOptions,
    ) =>
      http.request<Answer<"get", "/api/workspaces/{workspace_id}/invites">>("GET", ofWorkspace(workspaceId), {
        ...options,
        query: { ...page },
      }),

    /** Public: the workspace's name, who invites, and of a bound link the address, in hints (`email_hint`). */
    get: (code: string, options?: CallOptions) =>
      http.request<InvitePreview>("GET", `/api/invites/${segment(code)}`, options),

    /**
     * Joins: signed in, without `person`; as somebody new, with it, and then you are signed in. Of a link for one
     * address `email` may be left out.
     *
     * @throws ClickClackError `conflict` when somebody has the address: sign in first, then accept.
     */
    accept: async (
      code: string,
      person?: { display_name: string; email?: string; password: string },
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
