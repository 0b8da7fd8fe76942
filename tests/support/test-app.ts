import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Channel, User, Workspace } from "@clickclack/protocol";
import pino from "pino";
import { type AppDeps, createApp } from "../../src/app.ts";
import { openDatabase, type ServerDatabase } from "../../src/db/open.ts";
import { createSession } from "../../src/features/auth/auth.ts";
import { createBot, createBotToken } from "../../src/features/bots/bots.ts";
import { makeChannel } from "../../src/features/channels/channels.ts";
import type { Claim } from "../../src/features/setup/setup.ts";
import { createUploadStore, type UploadStore } from "../../src/features/uploads/store.ts";
import { createUser } from "../../src/features/users/users.ts";
import { addMember, createWorkspace } from "../../src/features/workspaces/workspaces.ts";
import type { Mailer } from "../../src/features/mail/mail.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import { timestamp } from "../../src/lib/clock.ts";
import { createPasswords } from "../../src/lib/password.ts";
import { createEphemeral } from "../../src/realtime/ephemeral.ts";
import { createPresence } from "../../src/realtime/presence.ts";
import { createSocketRegistry } from "../../src/realtime/registry.ts";
import { loaders } from "../../src/server.ts";
import { requireContract } from "./contract.ts";

/** Somebody of the cast: who they are and the token they act with. */
export interface Player {
  user: User;
  token: string;
}

export type Role = "owner" | "moderator" | "member" | "outsider" | "bot" | "reader";

export interface TestApp {
  db: ServerDatabase;
  uploads: UploadStore;
  /** The directory that holds the files. */
  uploads_path: string;
  workspace: Workspace;
  general: Channel;
  cast: Record<Role, Player>;
  /** Moves the clock; requests see the new time. */
  clock: { now(): number; advance(ms: number): void };
  /** A request as somebody, or as nobody; the answer is held against the contract. */
  call(who: Player | undefined, method: string, path: string, body?: unknown, init?: RequestInit): Promise<Answer>;
  /** A request whose answer is no JSON: a file. */
  fetch(who: Player | undefined, path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  // Bodies are asserted field by field, so tests read them untyped.
  // oxlint-disable-next-line no-explicit-any
  body: any;
  headers: Headers;
}

/**
 * The whole application over a real database in a directory of its own: one workspace with an
 * owner, a moderator, a member, a bot that writes and one that only reads, and somebody outside who
 * owns another workspace.
 */
export async function testApp(
  options: { claim?: Claim; mailer?: Mailer; config?: Partial<AppDeps["config"]>; empty?: boolean } = {},
): Promise<TestApp> {
  const directory = mkdtempSync(join(tmpdir(), "clickclack-test-"));
  const uploads_path = join(directory, "uploads");
  const db = await openDatabase(directory, "test");
  const uploads = createUploadStore(uploads_path);
  let now = Date.parse("2026-05-08T12:00:00.000Z");
  const clock = { now: () => now++, advance: (ms: number) => void (now += ms) };
  const app = createApp({
    db,
    uploads,
    clock,
    log: pino({ enabled: false }),
    passwords: createPasswords(),
    mailer: options.mailer ?? { configured: false },
    loaders,
    ephemeral: createEphemeral(
      () => undefined,
      () => [],
    ),
    presence: createPresence(),
    registry: createSocketRegistry(),
    claim: options.claim,
    assets: {},
    version: "test",
    config: {
      trusted_proxy: [],
      dev_bootstrap: false,
      home_url: "/",
      home_label: "cc",
      rate_limit: 0,
      metrics_enabled: false,
      access_log: "off",
      ...options.config,
    },
    operator: { metrics: createMetrics(), gauges: () => ({}), ready: async () => ({}) },
  });
  const set = options.empty ? undefined : await db.write((tx) => makeCast(tx, clock.now()));

  return {
    db,
    uploads,
    uploads_path,
    clock,
    ...(set as Pick<TestApp, "workspace" | "general" | "cast">),
    async call(who, method, path, body, init = {}) {
      const headers = new Headers(init.headers);
      // A client always names the host; a request made in process has to say it itself.
      if (!headers.has("host")) headers.set("host", "localhost");
      if (who) headers.set("authorization", `Bearer ${who.token}`);
      if (body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
      const raw = typeof body === "string" || body instanceof Uint8Array;
      const sent = body === undefined ? undefined : raw ? (body as BodyInit) : JSON.stringify(body);
      const request = new Request(`http://localhost${path}`, {
        ...init,
        method,
        headers,
        ...(sent !== undefined && { body: sent }),
      });
      // The environment is empty: no server stands under it, so nothing is upgraded to a socket.
      const response = await app.fetch(request, {});
      await requireContract(method, new URL(request.url).pathname, response);
      const text = await response.text();
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text), headers: response.headers };
    },
    async fetch(who, path, init = {}) {
      const headers = new Headers({ host: "localhost", ...(who && { authorization: `Bearer ${who.token}` }) });
      for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
      return app.fetch(new Request(`http://localhost${path}`, { ...init, headers }));
    },
    async close() {
      await db.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function makeCast(tx: Parameters<Parameters<ServerDatabase["write"]>[0]>[0], at_ms: number) {
  const at = timestamp(at_ms);
  const moment = { at_ms, address: "", user_agent: "test" };
  const person = async (display_name: string, handle: string): Promise<Player> => {
    const user = await createUser(tx, { display_name, handle, email: `${handle}@example.com`, at });
    return { user, token: (await createSession(tx, user, moment)).token };
  };
  const owner = await person("Olivia Owner", "olivia");
  const moderator = await person("Mo Moderator", "mo");
  const member = await person("Mia Member", "mia");
  const outsider = await person("Oskar Outsider", "oskar");
  const workspace = await createWorkspace(
    tx,
    owner.user,
    { name: "Harbour" },
    { user_id: owner.user.id, address: "", at },
  );
  const { channel: general } = await makeChannel(tx, workspace.id, { name: "general" }, at);
  await addMember(tx, workspace.id, moderator.user, "moderator", at);
  await addMember(tx, workspace.id, member.user, "member", at);
  const elsewhere = await createWorkspace(
    tx,
    outsider.user,
    { name: "Elsewhere" },
    { user_id: outsider.user.id, address: "", at },
  );
  await makeChannel(tx, elsewhere.id, { name: "general" }, at);
  const machine = async (display_name: string, handle: string, scopes: string[]): Promise<Player> => {
    const user = await createBot(tx, { workspace_id: workspace.id, display_name, handle, at });
    const { token } = await createBotToken(tx, {
      workspace_id: workspace.id,
      bot_user_id: user.id,
      scopes,
      created_by: owner.user.id,
      at,
    });
    return { user, token };
  };
  const bot = await machine("Pinch", "pinch", ["bot:write", "agent_activity:write"]);
  const reader = await machine("Peek", "peek", ["bot:read"]);
  return { workspace, general, cast: { owner, moderator, member, outsider, bot, reader } };
}
