import type { Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { forbidden } from "../../lib/errors.ts";
import { isManager } from "../workspaces/workspaces.ts";
import { standingsOf } from "./authority-queries.ts";
import { type Pair, RANK, requireBelow } from "./rank.ts";

/**
 * Somebody whose account the actor may act on: a person below them here, and below them, by their own right
 * to manage, in every other workspace the person is in. Who signs somebody in, or deactivates them, reaches
 * all of these at once. A link that signs in asks the same when it is used (`STANDS` in `auth/queries.ts`).
 */
export async function requireAuthority(tx: Tx, actor: Actor, workspace_id: string, user_id: string): Promise<Pair> {
  const pair = await requireBelow(tx, actor, workspace_id, user_id);
  for (const { role, own, own_restricted_until } of await standingsOf(tx, user_id, actor.user.id)) {
    if (own && isManager(own) && RANK[role] < RANK[own] && own_restricted_until <= actor.at) continue;
    throw forbidden("they are also in a workspace where you do not stand above them");
  }
  return pair;
}
