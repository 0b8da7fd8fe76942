import type { Answer, Body } from "./answer.ts";
import { auditLogApi } from "./audit-log.ts";
import { avatarApi } from "./avatar.ts";
import { botsApi } from "./bots.ts";
import type { Me, SearchPage } from "./contract.ts";
import { CoreClient } from "./core-client.ts";
import type { ClickClackClientOptions } from "./core-client.ts";
import { draftsApi } from "./drafts.ts";
import { eventTypesApi } from "./event-types.ts";
import { groupsApi } from "./groups.ts";
import type { CallOptions } from "./http.ts";
import { membersApi } from "./members.ts";
import { moderationApi } from "./moderation.ts";
import { reportsApi } from "./reports.ts";
import { searchFor } from "./search.ts";
import type { SearchOptions } from "./search.ts";
import { sessionsApi } from "./sessions.ts";
import { topicsApi } from "./topics.ts";

export type { ClickClackClientOptions } from "./core-client.ts";

/**
 * The client of one server. Every method answers the body that the HTTP route answers, and rejects with a
 * `ClickClackError`. Safe calls, and calls that carry a nonce, are retried with backoff when the network or the
 * server fails for a moment. The last argument of each method takes `{ signal, timeout_ms }`.
 *
 * @example
 * const client = new ClickClackClient({ baseUrl: "http://localhost:8080", token });
 * const { workspaces } = await client.workspaces.list();
 */
export class ClickClackClient extends CoreClient {
  readonly bots: ReturnType<typeof botsApi>;
  readonly sessions: ReturnType<typeof sessionsApi>;
  readonly avatar: ReturnType<typeof avatarApi>;
  readonly members: ReturnType<typeof membersApi>;
  readonly moderation: ReturnType<typeof moderationApi>;
  readonly groups: ReturnType<typeof groupsApi>;
  readonly topics: ReturnType<typeof topicsApi>;
  readonly drafts: ReturnType<typeof draftsApi>;
  readonly reports: ReturnType<typeof reportsApi>;
  readonly auditLog: ReturnType<typeof auditLogApi>;
  readonly eventTypes: ReturnType<typeof eventTypesApi>;

  constructor(options: ClickClackClientOptions = {}) {
    super(options);
    const { http } = this;
    this.bots = botsApi(http);
    this.sessions = sessionsApi(http);
    this.avatar = avatarApi(http);
    this.members = membersApi(http);
    this.moderation = moderationApi(http);
    this.groups = groupsApi(http);
    this.topics = topicsApi(http);
    this.drafts = draftsApi(http);
    this.reports = reportsApi(http);
    this.auditLog = auditLogApi(http);
    this.eventTypes = eventTypesApi(http);
  }

  /**
   * Messages you may read, the best answers first. `q` takes words, `"phrases"`, `-without` and operators
   * (`from: in: has: before: after: on: is:`), up to 500 characters. Follow `next_cursor` for more.
   *
   * @example
   * const { results } = await client.search(workspace.id, 'deploy from:mia "release notes"', { sort: "newest" });
   */
  search(workspaceId: string, q: string, options: SearchOptions = {}): Promise<SearchPage> {
    return searchFor(this.http, workspaceId, q, options);
  }

  /**
   * Changes what you show of yourself and how the client behaves for you; what is left out stays, and all of it
   * is changed or nothing. `""` clears a text, `dnd_until` and `timezone`; `status: {}` clears the status.
   *
   * @throws ClickClackError `conflict` when the handle is taken.
   * @example
   * await client.updateMe({ status: { emoji: "🌴", text: "On leave", expires_at: "2026-08-01T00:00:00Z" } });
   */
  updateMe(patch: Body<"patch", "/api/me">, options?: CallOptions): Promise<{ user: Me }> {
    return this.http.request("PATCH", "/api/me", { ...options, body: patch });
  }

  /**
   * Ends your account until a manager reactivates it: every session ends, and your bots stop.
   *
   * @throws ClickClackError `conflict` while you own a workspace; `unauthenticated` when the password is wrong.
   */
  async deactivateMe(
    input: Body<"post", "/api/me/deactivate"> = {},
    options?: CallOptions,
  ): Promise<Answer<"post", "/api/me/deactivate">> {
    const answer = await this.http.request<Answer<"post", "/api/me/deactivate">>("POST", "/api/me/deactivate", {
      ...options,
      body: input,
    });
    this.http.options.token = undefined;
    return answer;
  }

  /** Where the server's home is and what it is called, `{url, label}`. Public. */
  homeLink(options?: CallOptions): Promise<Answer<"get", "/api/home-link">> {
    return this.http.request("GET", "/api/home-link", options);
  }
}
