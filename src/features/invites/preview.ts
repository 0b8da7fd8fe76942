import type { Database } from "../../db/database.ts";
import { timestamp } from "../../lib/clock.ts";
import { endedLink } from "../../lib/errors.ts";
import type { RateLimit } from "../../lib/ratelimit.ts";
import { cut } from "../../lib/text.ts";
import { userById } from "../users/users.ts";
import { memberCounts, workspacesByIds } from "../workspaces/workspaces.ts";
import { codeOf, requireUsable } from "./invites.ts";
import * as queries from "./queries.ts";
import type { InviteRole } from "./queries.ts";

/** A code that somebody came with, and where from. */
export interface Presented {
  code: string;
  network: string;
  at_ms: number;
}

/**
 * Refuses who tries codes at random. A link that has ended is no such try: many people hold the same one,
 * and many of them have one address.
 */
export async function requireCode(
  db: Database,
  guesses: RateLimit,
  { code, network, at_ms }: Presented,
): Promise<void> {
  guesses.take(network, at_ms);
  guesses.restore(network);
  if (await db.read((tx) => queries.isCode(tx, codeOf(code)))) return;
  guesses.spend(network, at_ms);
  throw endedLink("invite");
}

export interface PublicInvite {
  code: string;
  workspace_name: string;
  inviter_name: string;
  role: InviteRole;
  email_hint?: string;
  member_count: number;
  expires_at?: string;
}

/** What the link shows to whoever holds it. */
export async function readInvite(db: Database, guesses: RateLimit, presented: Presented): Promise<PublicInvite> {
  await requireCode(db, guesses, presented);
  return db.read(async (tx) => {
    const invite = await requireUsable(tx, presented.code, timestamp(presented.at_ms));
    const workspace = (await workspacesByIds(tx, [invite.workspace_id])).get(invite.workspace_id);
    const inviter = await userById(tx, invite.created_by);
    const counts = await memberCounts(tx, invite.workspace_id);
    return {
      code: invite.code,
      workspace_name: workspace?.name ?? "",
      inviter_name: inviter?.display_name ?? "",
      role: invite.role,
      ...(invite.email !== "" && { email_hint: hintOf(invite.email) }),
      member_count: (counts.owner ?? 0) + (counts.moderator ?? 0) + (counts.member ?? 0),
      ...(invite.expires_at !== null && { expires_at: invite.expires_at }),
    };
  });
}

/** `mia@example.com` is `m•••@example.com`: however long the name is. */
function hintOf(email: string): string {
  const [name = "", domain = ""] = email.split("@");
  return `${cut(name, 1)}•••@${domain}`;
}
