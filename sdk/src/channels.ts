import type { Answer, Body } from "./answer.ts";
import { conversationApi } from "./conversation.ts";
import type { Channel, NotificationPreference } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import type { MemberPage, MembersQuery } from "./members.ts";
import { segment } from "./page.ts";

/**
 * What can be said about a channel. `name` becomes a slug, unique in its workspace; a `private` channel exists
 * only for those who were added to it; `post_policy` and `invite_policy` say who may post and who may add people.
 */
export type ChannelInput = Partial<Body<"post", "/api/workspaces/{workspace_id}/channels">>;

type Preferred = Answer<"get", "/api/channels/{channel_id}/notification-settings">;

export function channelsApi(http: Http) {
  const path = (id: string) => `/api/channels/${segment(id)}`;
  const all = (workspaceId: string) => `/api/workspaces/${segment(workspaceId)}/channels`;
  const member = (id: string, userId: string) => `${path(id)}/members/${segment(userId)}`;
  const add = (id: string, userId: string, options?: CallOptions) =>
    http.request<Answer<"put", "/api/channels/{channel_id}/members/{user_id}">>("PUT", member(id, userId), {
      ...options,
      repeatable: true,
    });
  const remove = (id: string, userId: string, options?: CallOptions) =>
    http.request<Answer<"delete", "/api/channels/{channel_id}/members/{user_id}">>(
      "DELETE",
      member(id, userId),
      options,
    );
  return {
    /** Every channel you may see, archived ones too, by name, with what is unread in it. */
    list: (workspaceId: string, options?: CallOptions) =>
      http.request<{ channels: Channel[] }>("GET", all(workspaceId), options),

    get: (id: string, options?: CallOptions) => http.request<{ channel: Channel }>("GET", path(id), options),

    /** @throws ClickClackError `conflict` when the name is taken. */
    create: (workspaceId: string, input: ChannelInput & { name: string }, options?: CallOptions) =>
      http.request<Answer<"post", "/api/workspaces/{workspace_id}/channels">>("POST", all(workspaceId), {
        ...options,
        body: input,
      }),

    /** Renames, describes, archives or restores; `""` clears what may be empty. */
    update: (id: string, patch: Body<"patch", "/api/channels/{channel_id}">, options?: CallOptions) =>
      http.request<Answer<"patch", "/api/channels/{channel_id}">>("PATCH", path(id), { ...options, body: patch }),

    ...conversationApi(http, "/api/channels"),

    /** Who may read the channel, in pages like `members.list`. */
    members: (id: string, page: MembersQuery = {}, options?: CallOptions) =>
      http.request<MemberPage>("GET", `${path(id)}/members`, { ...options, query: { ...page } }),

    /** Adds somebody to a private channel, or a guest to any channel. */
    addMember: add,
    removeMember: remove,

    /** Brings back a public channel that you left. */
    join: (id: string, options?: CallOptions) => add(id, "me", options),

    /** Leaves a private channel for good; a public one is hidden and silent until you join or post again. */
    leave: (id: string, options?: CallOptions) => remove(id, "me", options),

    notificationSettings: (id: string, options?: CallOptions) =>
      http.request<Preferred>("GET", `${path(id)}/notification-settings`, options),

    /** Chooses what notifies you: `all`, `mentions` or `muted`. */
    setNotificationSettings: (
      id: string,
      input: NotificationPreference | { preference: NotificationPreference },
      options?: CallOptions,
    ) =>
      http.request<Preferred>("PATCH", `${path(id)}/notification-settings`, {
        ...options,
        body: typeof input === "string" ? { preference: input } : input,
        repeatable: true,
      }),
  };
}
