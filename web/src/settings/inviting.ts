import type { Invite } from "@clickclack/protocol";
import { longDate } from "../shared/format.ts";
import { invitesWords } from "../shared/invites-words.ts";
import { peopleWords } from "../shared/people-words.ts";

/** Whom a link lets in, as what, how often and until when, in one line. */
export function about({ role, email, uses, max_uses, expires_at }: Invite): string {
  const who = email
    ? invitesWords.only(email, peopleWords.roles.as[role])
    : invitesWords.anyone(peopleWords.roles.as[role]);
  const used = max_uses === undefined ? invitesWords.used(uses) : invitesWords.usedOf(uses, max_uses);
  return [who, used, expires_at ? invitesWords.ends(longDate(expires_at)) : invitesWords.endless].join(" ");
}
