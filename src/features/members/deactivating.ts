import type { User } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { conflict, notFound } from "../../lib/errors.ts";
import type { Passwords } from "../../lib/password.ts";
import type { RateLimit } from "../../lib/ratelimit.ts";
import { requireOwnPassword, signOutEverywhere } from "../auth/ending.ts";
import { markDeactivated } from "../users/deactivating.ts";
import { userById } from "../users/users.ts";
import { type By, byActor, recordAct } from "../workspaces/recording.ts";
import { workspacesOf } from "../workspaces/workspaces.ts";
import { ownedBotTokens } from "./queries.ts";

/**
 * Closes somebody's account, or opens it again, without asking who may. A closed one keeps its memberships and
 * what it wrote; nobody signs in to it, its sessions end at once, and so do the bots that belong to it.
 */
export async function setDeactivated(tx: Tx, user: User, deactivated: boolean, by: By): Promise<User> {
  if ((user.deactivated_at !== undefined) === deactivated) return user;
  const after = await markDeactivated(tx, user, deactivated, by.at);
  if (deactivated) await signOutEverywhere(tx, user.id, by.at);
  for (const { id } of await workspacesOf(tx, user.id)) {
    for (const token_id of await ownedBotTokens(tx, id, user.id)) tx.notify(token_id);
    // It reaches every workspace they are in, so each has it in its log.
    await recordAct(tx, by, id, {
      action: deactivated ? "member.deactivated" : "member.reactivated",
      target_type: "user",
      target_id: user.id,
      before: { deactivated: !deactivated },
      after: { deactivated },
    });
  }
  return after;
}

/** Closes one's own account. Whoever owns a workspace would leave it to nobody. */
export async function deactivateSelf(
  db: Database,
  passwords: Passwords,
  limit: RateLimit,
  actor: Actor,
  password: string | undefined,
): Promise<void> {
  requireHuman(actor);
  await requireOwnPassword(db, passwords, limit, actor, password);
  await db.write(async (tx) => {
    const user = await userById(tx, actor.user.id);
    if (!user) throw notFound("user");
    const owned = (await workspacesOf(tx, user.id)).find((one) => one.role === "owner");
    if (owned) throw conflict(`you own ${owned.name}; hand it over or delete it first`);
    await setDeactivated(tx, user, true, byActor(actor));
  });
}
