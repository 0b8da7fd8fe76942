/**
 * A real server with people and bots on it, spoken to by plain `fetch`: these tests are written
 * from the documents of the wire, not from our types, so that both can be wrong only together.
 */
import { createMagicLink } from "../../src/features/auth/auth.ts";
import { createBot, createBotToken } from "../../src/features/bots/bots.ts";
import { testServer } from "../support/test-server.ts";

// Bodies are asserted field by field, so tests read them untyped.
// oxlint-disable-next-line no-explicit-any
export type Json = any;

export interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

/** Whoever asks: the id, and the bearer token they ask with. */
export interface Asker {
  id: string;
  token: string;
}

export interface Stage {
  url: string;
  server: Awaited<ReturnType<typeof testServer>>;
  workspace_id: string;
  general_id: string;
  owner: Asker;
  member: Asker;
  outsider: Asker;
  /** `bot:write` and agent activity. */
  bot: Asker;
  /** `bot:read` only. */
  reader: Asker;
  /** What the claim answered. */
  claimed: Answer;
  ask(who: Asker | undefined, method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<Answer>;
  close(): Promise<void>;
}

export const PASSWORD = "correct horse battery";

export async function ask(
  url: string,
  who: Asker | undefined,
  method: string,
  path: string,
  body?: unknown,
  extra?: HeadersInit,
): Promise<Answer> {
  const headers = new Headers(extra);
  if (who) headers.set("authorization", `Bearer ${who.token}`);
  const raw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  if (body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
  const response = await fetch(url + path, {
    method,
    headers,
    redirect: "manual",
    ...(body !== undefined && { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").includes("json") && text !== "";
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export async function stage(flags: Record<string, unknown> = {}): Promise<Stage> {
  const server = await testServer(flags);
  const { url } = server;
  const claim = new URL(server.claim_url ?? "").searchParams.get("token");
  const claimed = await ask(url, undefined, "POST", "/api/auth/setup", {
    token: claim,
    display_name: "Olivia Owner",
    email: "olivia@example.com",
    workspace_name: "Harbour",
    password: PASSWORD,
  });
  const owner = { id: claimed.body.user.id, token: claimed.body.token };
  const workspace_id: string = claimed.body.workspace.id;
  const member = await person(server, "mia@example.com", "Mia Member");
  const { body } = await ask(url, owner, "POST", `/api/workspaces/${workspace_id}/invites`, {});
  await ask(url, member, "POST", `/api/invites/${body.invite.code}/accept`, {});
  return {
    url,
    server,
    workspace_id,
    general_id: claimed.body.channel.id,
    owner,
    member,
    outsider: await person(server, "oskar@example.com", "Oskar Outsider"),
    bot: await machine(server, workspace_id, owner.id, "pinch", ["bot:write", "agent_activity:write"]),
    reader: await machine(server, workspace_id, owner.id, "peek", ["bot:read"]),
    claimed,
    ask: (who, method, path, sent, headers) => ask(url, who, method, path, sent, headers),
    close: () => server.close(),
  };
}

type Server = Awaited<ReturnType<typeof testServer>>;

/** Somebody new, through a sign-in link as the operator's CLI mints it. */
export async function person(server: Server, email: string, display_name: string): Promise<Asker> {
  const { token } = await createMagicLink(server.db, { email, display_name, at_ms: Date.now() });
  const { body } = await ask(server.url, undefined, "POST", "/api/auth/magic/consume", { token });
  return { id: body.user.id, token: body.token };
}

/** A bot with a token, as the operator's CLI makes them. */
export async function machine(
  server: Server,
  workspace_id: string,
  created_by: string,
  handle: string,
  scopes: string[],
): Promise<Asker> {
  const at = new Date().toISOString();
  return server.db.write(async (tx) => {
    const bot = await createBot(tx, { workspace_id, display_name: "Pinch", handle, at });
    const { token } = await createBotToken(tx, { workspace_id, bot_user_id: bot.id, scopes, created_by, at });
    return { id: bot.id, token };
  });
}
