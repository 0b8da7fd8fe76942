import type { Tx } from "../../db/database.ts";
import type { Role } from "../workspaces/queries.ts";

/** What somebody is in one of their workspaces, and what another person is there, if anything. */
export interface Standing {
  role: Role;
  own: Role | null;
  own_restricted_until: string;
}

/** In all of a person's workspaces, which are bounded as memberships are. */
export async function standingsOf(tx: Tx, user_id: string, other_id: string): Promise<Standing[]> {
  return tx.all<Standing>(
    `SELECT m.role, o.role AS own, COALESCE(o.restricted_until, '') AS own_restricted_until
     FROM workspace_members m
     LEFT JOIN workspace_members o ON o.workspace_id = m.workspace_id AND o.user_id = ?
     WHERE m.user_id = ?`,
    other_id,
    user_id,
  );
}
