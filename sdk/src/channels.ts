import type { ClickClackEvent } from "@clickclack/protocol";
import { conversationApi } from "./conversation.ts";
import type { Channel } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** What can be said about a channel. `name` becomes a slug, unique in its workspace. */
export interface ChannelInput {
  name?: string;
  kind?: string;
  display_title?: string;
  purpose?: string;
  external_managed?: boolean;
  external_ref?: string;
  external_url?: string;
  sidebar_section?: string;
}

export function channelsApi(http: Http) {
  return {
    /** Every channel you may see, archived ones too, by name. */
    list: (workspaceId: string, options?: CallOptions) =>
      http.request<{ channels: Channel[] }>("GET", `/api/workspaces/${segment(workspaceId)}/channels`, options),

    create: (workspaceId: string, input: ChannelInput & { name: string }, options?: CallOptions) =>
      http.request<{ channel: Channel; event: ClickClackEvent }>(
        "POST",
        `/api/workspaces/${segment(workspaceId)}/channels`,
        { ...options, body: input },
      ),

    /** Renames, describes or archives; `""` clears what may be empty. */
    update: (id: string, patch: ChannelInput & { archived?: boolean }, options?: CallOptions) =>
      http.request<{ channel: Channel; event?: ClickClackEvent }>("PATCH", `/api/channels/${segment(id)}`, {
        ...options,
        body: patch,
      }),

    ...conversationApi(http, "/api/channels"),
  };
}
