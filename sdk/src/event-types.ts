import type { Answer } from "./answer.ts";
import type { CallOptions, Http } from "./http.ts";

export function eventTypesApi(http: Http) {
  return {
    /** The names of all durable events, sorted. */
    list: (options?: CallOptions) =>
      http.request<Answer<"get", "/api/event-types">>("GET", "/api/event-types", options),
  };
}
