import { conversationApi } from "./conversation.ts";
import type { Http } from "./http.ts";

/** Direct conversations, by id. */
export function dmsApi(http: Http) {
  return conversationApi(http, "/api/dms");
}
