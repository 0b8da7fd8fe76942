import { LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { timestamp } from "../../lib/clock.ts";
import { emailSpellings } from "../../lib/email.ts";
import { newSecret, sha256 } from "../../lib/hash.ts";
import { newId } from "../../lib/ids.ts";
import { requireEmail, requireName } from "../../lib/text.ts";
import { enqueueMail } from "../mail/mail.ts";
import { letterWith, type LinkPurpose } from "./letters.ts";
import type { SignInLimits } from "./limits.ts";
import * as queries from "./queries.ts";

export interface MagicLink {
  magic_link: { id: string; email: string; display_name: string; created_at: string; expires_at: string };
  token: string;
}

export interface NewLink {
  /** `sign_in` unless it says otherwise. */
  purpose?: LinkPurpose;
  /** Whom it is for. Without them whoever has the address, or will have it. */
  user_id?: string | undefined;
  /** The manager who makes it for them; it works while they stand above the person. */
  minted_by?: string;
  email?: string;
  display_name?: string;
  at_ms: number;
  expires_at_ms?: number;
}

/** Makes a link that works once; the token is shown here only. */
export async function mintLink(tx: Tx, input: NewLink): Promise<MagicLink> {
  const token = newSecret("magic_link");
  const magic_link = {
    id: newId("magic_link"),
    email: input.email ?? "",
    display_name: input.display_name ?? "",
    created_at: timestamp(input.at_ms),
    expires_at: timestamp(input.expires_at_ms ?? input.at_ms + LIMITS.magic_link_ttl_ms),
  };
  await queries.insertMagicLink(tx, {
    ...magic_link,
    token_hash: sha256(token),
    purpose: input.purpose ?? "sign_in",
    user_id: input.user_id ?? null,
    minted_by: input.minted_by ?? null,
  });
  return { magic_link, token };
}

/** The page that redeems a sign-in link. Behind the `#`, because what stands there reaches no server and no log. */
export const signInLink = (origin: string, token: string): string => `${origin}/signin#${token}`;
export const resetLink = (origin: string, token: string): string => `${origin}/reset#${token}`;

/** A link for whoever has this address; it makes a person of somebody new. For the operator and development. */
export async function createMagicLink(
  db: Database,
  input: { email: string; display_name?: string | undefined; at_ms: number },
): Promise<MagicLink> {
  const display_name = input.display_name?.trim()
    ? requireName("display_name", input.display_name, LIMITS.display_name_bytes)
    : "";
  return db.write(async (tx) => {
    const known = await queries.personByEmail(tx, emailSpellings(input.email));
    const email = known?.email ?? requireEmail(input.email);
    return mintLink(tx, { user_id: known?.user_id, email, display_name, at_ms: input.at_ms });
  });
}

export interface LetterRequest {
  purpose: LinkPurpose;
  email: string;
  /** What the link begins with. */
  origin: string;
  /** Whose requests are counted: the address, or the network it is in. */
  network: string;
  at_ms: number;
}

/**
 * Sends a link to whoever has this address. For one that nobody has, or somebody deactivated, the same rows
 * are written, over from the start and never sent: neither the answer nor the time it takes tells who is here.
 */
export async function requestLetter(db: Database, limits: SignInLimits, request: LetterRequest): Promise<void> {
  const { origin, network, at_ms } = request;
  const spellings = emailSpellings(request.email);
  limits.network.take(network, at_ms);
  limits.recipient.take(spellings[0] ?? "", at_ms);
  await db.write(async (tx) => {
    const known = await queries.personByEmail(tx, spellings);
    const found = known && known.deactivated_at === null ? known : undefined;
    const email = found?.email ?? spellings[0] ?? "";
    // An account whose address nobody has proven is not opened by a link alone: see `resetPassword`.
    const isUnproven = request.purpose === "sign_in" && found?.verified_at === null;
    const purpose = isUnproven ? "reset" : request.purpose;
    const expires_at_ms = found ? at_ms + LIMITS.magic_link_ttl_ms : at_ms;
    const { token } = await mintLink(tx, { purpose, user_id: found?.user_id, email, at_ms, expires_at_ms });
    const url = purpose === "reset" ? resetLink(origin, token) : signInLink(origin, token);
    await enqueueMail(tx, { to: email, ...letterWith(isUnproven ? "prove" : purpose, url), expires_at_ms, at_ms });
  });
}
