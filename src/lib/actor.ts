import type { User } from "@clickclack/protocol";
import { AppError } from "./errors.ts";

/** Who acts, by what credential, and when: verbs take the time from here, so tests set it. */
export interface Actor {
  user: User;
  credential: { kind: "session" | "bot_token" | "dev"; id: string };
  /** A bot's token works in one workspace only. */
  workspace_id?: string;
  /** A bot's scopes; people have none and need none. */
  scopes?: ReadonlySet<string>;
  /** Where the request came from, for the audit log. */
  address: string;
  /** The request's time: milliseconds, and as stored. */
  at_ms: number;
  at: string;
}

export const SCOPES = [
  "workspaces:read",
  "channels:read",
  "channels:write",
  "messages:read",
  "messages:write",
  "threads:read",
  "threads:write",
  "dms:read",
  "dms:write",
  "realtime:read",
  "uploads:write",
  "profile:read",
  "commands:write",
  "agent_activity:write",
] as const;

export type Scope = (typeof SCOPES)[number];

export function isBot(actor: Actor): boolean {
  return actor.credential.kind === "bot_token";
}

export function canUseScope(actor: Actor, scope: Scope): boolean {
  return actor.scopes === undefined || actor.scopes.has(scope);
}

export function requireScope(actor: Actor, scope: Scope): void {
  if (!canUseScope(actor, scope)) throw new AppError("forbidden", `bot token is missing scope ${scope}`);
}

export function requireHuman(actor: Actor): void {
  if (isBot(actor)) throw new AppError("forbidden", "bots cannot do this; sign in as a person");
}

/** How credentials become a person or bot; `server.ts` injects the look-ups of `features/auth`. */
export interface ActorLookup {
  session(token: string, at: string): Promise<Identified | undefined>;
  botToken(token: string, at: string): Promise<Identified | undefined>;
  /** Development only: the named user, or the first one. */
  developer(user_id: string | undefined): Promise<Identified | undefined>;
}

export type Identified = Omit<Actor, "at" | "at_ms" | "address">;
