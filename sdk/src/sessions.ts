import type { Answer } from "./answer.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** Where you are signed in. For people. */
export function sessionsApi(http: Http) {
  return {
    /** Your sessions, with the device (`user_agent`) and address they came from; `current` is this one. */
    list: (options?: CallOptions) =>
      http.request<Answer<"get", "/api/me/sessions">>("GET", "/api/me/sessions", options),

    /** Ends one, and its open sockets. Ending the current one is signing out. */
    revoke: (sessionId: string, options?: CallOptions) =>
      http.request<Answer<"delete", "/api/me/sessions/{session_id}">>(
        "DELETE",
        `/api/me/sessions/${segment(sessionId)}`,
        options,
      ),

    /** Ends all but the current one. */
    revokeOthers: (options?: CallOptions) =>
      http.request<Answer<"delete", "/api/me/sessions">>("DELETE", "/api/me/sessions", {
        ...options,
        repeatable: true,
      }),
  };
}
