import type { Channel, Session, User, Workspace } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";

/** The answer to every way of signing in. */
export interface SignedIn {
  user: User;
  session: Session;
  /** The session token, the same as `session.token`. */
  token: string;
}

/**
 * Signing in and out. In a page the session lives in an HttpOnly cookie and the token is not kept;
 * everywhere else the client keeps it and sends it from then on (see `session` of the client).
 */
export function authApi(http: Http, keepsToken: boolean) {
  const signIn = async <T extends { token: string }>(
    path: string,
    body: unknown,
    options?: CallOptions,
  ): Promise<T> => {
    const answer = await http.request<T>("POST", path, { ...options, body });
    if (keepsToken) http.options.token = answer.token;
    return answer;
  };
  return {
    /** Whether the server still waits for its first person. */
    setupStatus: (options?: CallOptions) => http.request<{ needed: boolean }>("GET", "/api/auth/setup", options),

    /** First run: makes the owner, the workspace and `#general`, and signs in. Works once. */
    setup: (
      input: { token: string; display_name: string; email: string; workspace_name: string; password?: string },
      options?: CallOptions,
    ) => signIn<SignedIn & { workspace: Workspace; channel: Channel }>("/api/auth/setup", input, options),

    /** Signs in with a password. `identifier` is an e-mail address or a handle. */
    login: (input: { identifier: string; password: string }, options?: CallOptions) =>
      signIn<SignedIn>("/api/auth/password/login", input, options),

    /** Development servers only: mints a magic link and answers its token. */
    requestMagicLink: (input: { email: string; display_name?: string }, options?: CallOptions) =>
      http.request<{
        magic_link: { id: string; email: string; display_name: string; created_at: string; expires_at: string };
        token: string;
      }>("POST", "/api/auth/magic/request", { ...options, body: input }),

    /** Signs in with a magic link's token (`mgt_…`), which works once. */
    consumeMagicLink: (token: string, options?: CallOptions) =>
      signIn<SignedIn>("/api/auth/magic/consume", { token }, options),

    /** Ends the session on the server and forgets the token. */
    logout: async (options?: CallOptions): Promise<{ ok: true }> => {
      const answer = await http.request<{ ok: true }>("POST", "/api/auth/logout", { ...options, body: {} });
      http.options.token = undefined;
      return answer;
    },

    /** Uses this token from now on; `undefined` goes back to cookies. */
    setToken: (token: string | undefined): void => {
      http.options.token = token;
    },
  };
}
