import type { Answer } from "./answer.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

export function routesApi(http: Http) {
  return {
    /**
     * What the two short ids of a URL, `/app/{workspace}/{target}`, stand for: a channel, a direct conversation or
     * a thread.
     *
     * @throws ClickClackError `not_found` for what does not exist, and for what you may not see.
     */
    resolve: (workspaceRouteId: string, targetRouteId: string, options?: CallOptions) =>
      http.request<Answer<"get", "/api/routes/{workspace_route_id}/{target_route_id}">>(
        "GET",
        `/api/routes/${segment(workspaceRouteId)}/${segment(targetRouteId)}`,
        options,
      ),
  };
}
