import type { ClickClackEvent, EphemeralEvent } from "@clickclack/protocol";
import { listEvents } from "./event-log.ts";
import type { EventsQuery } from "./event-log.ts";
import type { CallOptions, Http } from "./http.ts";
import type { WebSocketConstructor } from "./socket.ts";
import { subscribe } from "./subscribe.ts";
import type { SubscribeOptions, Subscription } from "./subscribe.ts";
import { withMessage } from "./with-message.ts";

/** Both spellings work; a channel and a direct conversation exclude each other. */
export interface EphemeralInput {
  workspaceId?: string;
  workspace_id?: string;
  channelId?: string;
  channel_id?: string;
  directConversationId?: string;
  direct_conversation_id?: string;
  type: "typing.started" | "typing.stopped" | "presence.changed" | "agent.progress";
  payload?: Record<string, unknown>;
}

export function eventsApi(http: Http, webSocket: WebSocketConstructor | undefined) {
  return {
    /** A page of the event log. An empty page means you are at its end. */
    list: (query: EventsQuery, options?: CallOptions) => listEvents(http, query, options),

    /**
     * The event with its message, which a frame that would be too large comes without. An event of another type,
     * or one whose message is gone by now, is answered as it is.
     *
     * @throws ClickClackError when the message cannot be read for any other reason; ask again later.
     */
    withMessage: <Event extends ClickClackEvent>(event: Event, options?: CallOptions): Promise<Event> =>
      withMessage(http, event, options),

    /**
     * Says something that is never stored: typing, presence, an agent's progress.
     *
     * @example
     * await client.events.publishEphemeral({ workspaceId, directConversationId, type: "typing.started" });
     */
    publishEphemeral: (input: EphemeralInput, options?: CallOptions) =>
      http.request<{ event: EphemeralEvent }>("POST", "/api/realtime/ephemeral", {
        ...options,
        body: {
          workspace_id: input.workspace_id ?? input.workspaceId,
          channel_id: input.channel_id ?? input.channelId,
          direct_conversation_id: input.direct_conversation_id ?? input.directConversationId,
          type: input.type,
          payload: input.payload,
        },
      }),

    /**
     * Follows a workspace until it is closed: reconnects, resumes from its cursor, keeps the order and drops
     * what it has seen. Handlers run one at a time, and the cursor moves only after a handler finished.
     *
     * @throws Error when the runtime has no WebSocket and none was given to the client.
     * @example
     * const subscription = client.events.subscribe({
     *   workspaceId: workspace.id,
     *   async onEvent(event) {
     *     if (event.type === "message.created") show(event.payload.message);
     *   },
     *   onResync: () => reloadEverything(),
     * });
     * subscription.close();
     */
    subscribe: (options: SubscribeOptions): Subscription => subscribe(http, webSocket, options),
  };
}
