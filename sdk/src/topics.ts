import type { Answer, Body } from "./answer.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** Labels of messages: give a new message a `topic_id`, and ask a channel for those of one topic. */
export function topicsApi(http: Http) {
  const inWorkspace = (id: string) => `/api/workspaces/${segment(id)}/topics`;
  return {
    /** Those you may see, archived ones too. Without `channel_id` a topic is for the whole workspace. */
    list: (workspaceId: string, options?: CallOptions) =>
      http.request<Answer<"get", "/api/workspaces/{workspace_id}/topics">>("GET", inWorkspace(workspaceId), options),

    /**
     * For everybody but guests.
     *
     * @throws ClickClackError `conflict` when the name is taken there.
     * @example
     * const { topic } = await client.topics.create(workspace.id, { name: "Release 2", channel_id: channel.id });
     * const { messages } = await client.channels.messages(channel.id, { topic_id: topic.id });
     */
    create: (
      workspaceId: string,
      input: Body<"post", "/api/workspaces/{workspace_id}/topics">,
      options?: CallOptions,
    ) =>
      http.request<Answer<"post", "/api/workspaces/{workspace_id}/topics">>("POST", inWorkspace(workspaceId), {
        ...options,
        body: input,
      }),

    /**
     * Renames, archives or restores, for managers and whoever made it. An archived topic stays on its messages and
     * takes no new ones. No `event`: nothing changed.
     */
    update: (id: string, patch: Body<"patch", "/api/topics/{topic_id}">, options?: CallOptions) =>
      http.request<Answer<"patch", "/api/topics/{topic_id}">>("PATCH", `/api/topics/${segment(id)}`, {
        ...options,
        body: patch,
        repeatable: true,
      }),
  };
}
