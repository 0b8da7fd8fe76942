import { LIMITS } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { AppError } from "../../lib/errors.ts";
import { timestamp } from "../../lib/clock.ts";
import { enqueueMail } from "../mail/mail.ts";
import { workspacesByIds } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";
import type { InviteRow } from "./queries.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whoever may invite does not have our server write to the whole world. */
export async function requireLetters(tx: Tx, actor: Actor): Promise<void> {
  const sent = await queries.lettersSince(tx, actor.user.id, timestamp(actor.at_ms - DAY_MS));
  if (sent < LIMITS.invite_letters_per_day) return;
  throw new AppError("rate_limited", "you sent too many invites by email today; try again tomorrow");
}

/** Puts the letter with the link into the post. */
export async function sendInvite(tx: Tx, actor: Actor, invite: InviteRow, url: string): Promise<void> {
  const name = (await workspacesByIds(tx, [invite.workspace_id])).get(invite.workspace_id)?.name ?? "";
  const last_ms = actor.at_ms + LIMITS.invite_letter_ttl_ms;
  await enqueueMail(tx, {
    to: invite.email,
    subject: `${actor.user.display_name} invites you to ${name}`,
    body: [
      `${actor.user.display_name} invites you to join ${name} on ClickClack.`,
      `Open this link to join:\n${url}`,
      ...(invite.expires_at === null ? [] : [`It works until ${invite.expires_at}.`]),
      "It is for this address only. If you do not know what this is about, you need do nothing.",
    ].join("\n\n"),
    expires_at_ms: invite.expires_at === null ? last_ms : Math.min(last_ms, Date.parse(invite.expires_at)),
    at_ms: actor.at_ms,
  });
}
