import type { User } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { tellWorkspaces } from "./profile.ts";
import { updateProfile } from "./queries.ts";

/**
 * Marks a person as gone, or as back. What they show of themselves for a while ends with it; everybody who
 * shares a workspace with them is told.
 */
export async function markDeactivated(tx: Tx, user: User, deactivated: boolean, at: string): Promise<User> {
  const { status: _status, dnd_until: _dnd_until, deactivated_at: _before, ...kept } = user;
  const after: User = deactivated ? { ...kept, deactivated_at: at } : kept;
  await updateProfile(tx, user.id, after);
  await tellWorkspaces(tx, user.id, at);
  return after;
}
