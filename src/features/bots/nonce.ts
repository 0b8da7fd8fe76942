import type { BotToken } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { conflict } from "../../lib/errors.ts";
import { newSecret, sha256 } from "../../lib/hash.ts";
import { requireText } from "../../lib/text.ts";
import * as queries from "./queries.ts";
import type { SetupRequest } from "./queries.ts";

/** A token with its raw secret, which is shown in this answer only. */
export type IssuedToken = BotToken & { token: string };

/** A request that may be sent again, because its answer, and the secret in it, got lost. */
export interface Repeatable {
  setup_nonce: string;
  request_hash: string;
}

/** What the request asked for, field by field: the same nonce with anything else is refused. */
export function repeatable(setup_nonce: string | undefined, asked: readonly unknown[]): Repeatable | undefined {
  if (setup_nonce === undefined) return undefined;
  return { setup_nonce: requireText("setup_nonce", setup_nonce), request_hash: sha256(JSON.stringify(asked)) };
}

/** What the same request made before, or nothing when it is new. */
export async function findRepeated(
  tx: Tx,
  actor: Actor,
  request: Repeatable | undefined,
): Promise<SetupRequest | undefined> {
  if (!request) return undefined;
  const made = await queries.setupRequest(tx, actor.user.id, request.setup_nonce);
  if (made && made.request_hash !== request.request_hash) {
    throw conflict("this setup_nonce was used for something else; take a new one");
  }
  return made;
}

export async function remember(
  tx: Tx,
  actor: Actor,
  request: Repeatable | undefined,
  made: Pick<SetupRequest, "workspace_id" | "bot_user_id" | "bot_token_id">,
): Promise<void> {
  if (!request) return;
  await queries.insertSetupRequest(tx, { ...request, ...made, created_by: actor.user.id, created_at: actor.at });
}

/** The same token with a fresh secret. Whoever holds the lost one is signed out by it. */
export async function renewToken(tx: Tx, id: string): Promise<IssuedToken> {
  const secret = newSecret("bot_token");
  const token = await queries.renewToken(tx, id, sha256(secret));
  if (!token) throw conflict("the token that this setup_nonce made is revoked; take a new nonce");
  tx.notify(token.id);
  return { ...token, token: secret };
}
