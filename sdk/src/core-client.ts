import { authApi } from "./auth.ts";
import { channelsApi } from "./channels.ts";
import type { Me } from "./contract.ts";
import { dmsApi } from "./dms.ts";
import { eventsApi } from "./events.ts";
import { createHttp } from "./http.ts";
import type { CallOptions, Http } from "./http.ts";
import { invitesApi } from "./invites.ts";
import { messagesApi } from "./messages.ts";
import { pinsApi } from "./pins.ts";
import { routesApi } from "./routes.ts";
import { savedApi } from "./saved.ts";
import type { WebSocketConstructor } from "./socket.ts";
import { threadsApi } from "./threads.ts";
import { uploadsApi } from "./uploads.ts";
import { workspacesApi } from "./workspaces.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

export interface ClickClackClientOptions {
  /** Where the server is, for example `https://chat.example.org`. In a page: its own origin. */
  baseUrl?: string | undefined;
  /** A session token (`sst_…`) or a bot token (`ccb_…`). Without one a page uses its cookie. */
  token?: string | undefined;
  /** Development servers only: act as this user. */
  userId?: string | undefined;
  /** Instead of the global `fetch`. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** Instead of the global `WebSocket`; needed for `events.subscribe` in Node 20, which has none. */
  webSocket?: WebSocketConstructor | undefined;
  /** The longest any call may take, retries included; 30 s by default. */
  timeout_ms?: number | undefined;
  /** Where signing in leaves the session: a page's `cookie` (the default there) or this client's `token`. */
  session?: "cookie" | "token" | undefined;
}

/**
 * The part of the client that a conversation needs: signing in, reading, writing, listening. A page that wants to
 * show messages with as little code as can be begins with this one; everybody else takes `ClickClackClient`.
 */
export class CoreClient {
  readonly auth: ReturnType<typeof authApi>;
  readonly workspaces: ReturnType<typeof workspacesApi>;
  readonly channels: ReturnType<typeof channelsApi>;
  readonly messages: ReturnType<typeof messagesApi>;
  readonly threads: ReturnType<typeof threadsApi>;
  readonly uploads: ReturnType<typeof uploadsApi>;
  readonly dms: ReturnType<typeof dmsApi>;
  readonly pins: ReturnType<typeof pinsApi>;
  readonly saved: ReturnType<typeof savedApi>;
  readonly routes: ReturnType<typeof routesApi>;
  readonly invites: ReturnType<typeof invitesApi>;
  readonly events: ReturnType<typeof eventsApi>;
  protected readonly http: Http;

  constructor(options: ClickClackClientOptions = {}) {
    const http = createHttp({
      baseUrl: readBaseUrl(options.baseUrl),
      token: options.token || undefined,
      userId: options.userId || undefined,
      timeout_ms: options.timeout_ms ?? DEFAULT_TIMEOUT_MS,
      fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    });
    const inPage = "document" in globalThis && !options.token;
    const keepsToken = (options.session ?? (inPage ? "cookie" : "token")) === "token";
    this.http = http;
    this.auth = authApi(http, keepsToken);
    this.workspaces = workspacesApi(http);
    this.channels = channelsApi(http);
    this.messages = messagesApi(http);
    this.threads = threadsApi(http);
    this.uploads = uploadsApi(http);
    this.dms = dmsApi(http);
    this.pins = pinsApi(http);
    this.saved = savedApi(http);
    this.routes = routesApi(http);
    this.invites = invitesApi(http, keepsToken);
    this.events = eventsApi(http, options.webSocket ?? globalThis.WebSocket);
  }

  /** Where the server is, without a slash at the end. */
  get baseUrl(): string {
    return this.http.options.baseUrl;
  }

  /** The token in use, if any: after signing in, store it to stay signed in. */
  get token(): string | undefined {
    return this.http.options.token;
  }

  /** Who you are. */
  me(options?: CallOptions): Promise<{ user: Me }> {
    return this.http.request("GET", "/api/me", options);
  }
}

function readBaseUrl(given: string | undefined): string {
  const text = given || globalThis.location?.origin;
  if (!text) throw new Error('pass `baseUrl`, for example new ClickClackClient({ baseUrl: "http://localhost:8080" })');
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new Error(`baseUrl must be an http or https address, not "${text}"`);
  }
  const url = new URL(text);
  return url.origin + url.pathname.replace(/\/+$/, "");
}
