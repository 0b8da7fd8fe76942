import type { Answer, Body } from "./answer.ts";
import type { Channel, Workspace } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { passwordsApi } from "./passwords.ts";
import { signInBy } from "./sign-in.ts";
import type { SignedIn } from "./sign-in.ts";

/**
 * Signing in and out. In a page the session lives in an HttpOnly cookie and the token is not kept;
 * everywhere else the client keeps it and sends it from then on (see `session` of the client).
 */
export function authApi(http: Http, keepsToken: boolean) {
  const signIn = signInBy(http, keepsToken);
  return {
    /** What a sign-in page can offer: `{methods: {password, magic_link, password_reset}}`. Public. */
    methods: (options?: CallOptions) =>
      http.request<Answer<"get", "/api/auth/methods">>("GET", "/api/auth/methods", options),

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

    /**
     * Has a link sent to this address that signs in, once, and answers `{ok: true}` whether somebody has the
     * address or not. Development servers send nothing: they answer the `token` itself.
     *
     * @throws ClickClackError `not_configured` when the server cannot send mail.
     */
    requestMagicLink: (input: Body<"post", "/api/auth/magic/request">, options?: CallOptions) =>
      http.request<Answer<"post", "/api/auth/magic/request">>("POST", "/api/auth/magic/request", {
        ...options,
        body: input,
      }),

    /** Signs in with a magic link's token (`mgt_…`), which works once. */
    consumeMagicLink: (token: string, options?: CallOptions) =>
      signIn<SignedIn>("/api/auth/magic/consume", { token }, options),

    ...passwordsApi(http, signIn),

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
