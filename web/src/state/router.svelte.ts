/**
 * Where we are. `/app/T…/C…` or `/app/T…/D…`, with `?thread=msg_…&message=msg_…`, or `/app/T…/settings/…`;
 * everything else is a page of its own.
 */
export type Route =
  | ({ page: "app"; workspace?: string | undefined; conversation?: string | undefined; settings?: string } & Inside)
  | { page: "setup" | "signin" | "reset"; token: string }
  | { page: "invite"; code: string };

/** What is open within a conversation: a thread in the pane, or one message to go to. */
interface Inside {
  thread?: string | undefined;
  message?: string | undefined;
}

export class Router {
  route = $state.raw<Route>(here());

  /** Follows Back and Forward; returns how to stop. */
  listen(): () => void {
    const onPop = (): void => {
      this.route = here();
    };
    addEventListener("popstate", onPop);
    return () => removeEventListener("popstate", onPop);
  }

  go(path: string, how: "push" | "replace" = "push"): void {
    if (path === location.pathname + location.search) return;
    if (how === "push") history.pushState(null, "", path);
    else history.replaceState(null, "", path);
    this.route = here();
  }
}

function here(): Route {
  return parse(location.pathname, location.search, location.hash);
}

export function parse(pathname: string, search: string, hash = ""): Route {
  const parts = pathname.split("/").filter(Boolean);
  const query = new URLSearchParams(search);
  if (parts[0] === "setup") return { page: "setup", token: query.get("token") ?? "" };
  if (parts[0] === "invite" && parts[1]) return { page: "invite", code: parts[1] };
  // A fragment is not sent to the server, so no log on the way holds the token.
  if (parts[0] === "signin" || parts[0] === "reset") return { page: parts[0], token: hash.slice(1) };
  if (parts[2] === "settings") return { page: "app", workspace: parts[1], settings: parts[3] ?? "" };
  const thread = query.get("thread") ?? undefined;
  const message = query.get("message") ?? undefined;
  return { page: "app", workspace: parts[1], conversation: parts[2], thread, message };
}

export function path(workspace_route: string, conversation_route?: string, inside: Inside = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(inside)) if (value) query.set(name, value);
  const text = query.toString();
  return `/app/${workspace_route}${conversation_route ? `/${conversation_route}` : ""}${text ? `?${text}` : ""}`;
}

export function settingsPath(workspace_route: string, section: string): string {
  return `/app/${workspace_route}/settings/${section}`;
}
