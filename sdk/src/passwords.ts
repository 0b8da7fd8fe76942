import type { Answer, Body } from "./answer.ts";
import type { CallOptions, Http } from "./http.ts";
import type { SignedIn, SignIn } from "./sign-in.ts";

/** The part of `client.auth` that sets passwords. */
export function passwordsApi(http: Http, signIn: SignIn) {
  return {
    /**
     * Has a link sent to this address that sets a new password, and answers `{ok: true}` whether somebody has the
     * address or not.
     *
     * @throws ClickClackError `not_configured` when the server cannot send mail.
     */
    requestPasswordReset: (input: Body<"post", "/api/auth/password/reset/request">, options?: CallOptions) =>
      http.request<Answer<"post", "/api/auth/password/reset/request">>("POST", "/api/auth/password/reset/request", {
        ...options,
        body: input,
      }),

    /**
     * Sets the password with the token of such a link, which works once, and signs in. All other sessions end.
     *
     * @throws ClickClackError `not_found` for a link that is used, too old, or one for signing in.
     */
    resetPassword: (input: Body<"post", "/api/auth/password/reset">, options?: CallOptions) =>
      signIn<SignedIn>("/api/auth/password/reset", input, options),

    /**
     * Changes your password, or sets your first one (without `current_password`). Your other sessions end.
     *
     * @throws ClickClackError `unauthenticated` when `current_password` is wrong.
     */
    changePassword: (input: Body<"post", "/api/auth/password/change">, options?: CallOptions) =>
      http.request<Answer<"post", "/api/auth/password/change">>("POST", "/api/auth/password/change", {
        ...options,
        body: input,
      }),
  };
}
