import type { Session, User } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";

/** The answer to every way of signing in. */
export interface SignedIn {
  user: User;
  session: Session;
  /** The session token, the same as `session.token`. */
  token: string;
}

/** Posts, and keeps the session that the answer brings. */
export type SignIn = <T extends { token: string }>(path: string, body: unknown, options?: CallOptions) => Promise<T>;

export function signInBy(http: Http, keepsToken: boolean): SignIn {
  return async <T extends { token: string }>(path: string, body: unknown, options?: CallOptions) => {
    const answer = await http.request<T>("POST", path, { ...options, body });
    if (keepsToken) http.options.token = answer.token;
    return answer;
  };
}
