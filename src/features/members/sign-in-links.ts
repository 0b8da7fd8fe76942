import type { Database } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { forbidden } from "../../lib/errors.ts";
import { mintLink, signInLink } from "../auth/auth.ts";
import { byActor, recordAct } from "../workspaces/recording.ts";
import { requireAuthority } from "./authority.ts";

/**
 * Makes a link that signs somebody in, once and soon: for whoever lost their way in. Who holds it is that
 * person, so it takes authority over the whole account, and the log tells who made it.
 */
export async function createSignInLink(
  db: Database,
  actor: Actor,
  workspace_id: string,
  user_id: string,
  origin: string,
): Promise<{ url: string; expires_at: string }> {
  return db.write(async (tx) => {
    const { member } = await requireAuthority(tx, actor, workspace_id, user_id);
    if (member.user.deactivated_at !== undefined)
      throw forbidden("this account is deactivated; it has to be opened again first");
    const { magic_link, token } = await mintLink(tx, { user_id, minted_by: actor.user.id, at_ms: actor.at_ms });
    await recordAct(tx, byActor(actor), workspace_id, {
      action: "sign_in_link.created",
      target_type: "user",
      target_id: user_id,
    });
    return { url: signInLink(origin, token), expires_at: magic_link.expires_at };
  });
}
