import { LIMITS, type User, type Workspace } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, isBot } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { canonicalEmail, emailSpellings } from "../../lib/email.ts";
import { conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { type Passwords, requirePassword } from "../../lib/password.ts";
import type { RateLimit } from "../../lib/ratelimit.ts";
import { requireEmail, requireName } from "../../lib/text.ts";
import { createSession, type Moment, type SignedIn, type SignInLimits, upsertPassword } from "../auth/auth.ts";
import { countUse, requireUsable } from "../invites/invites.ts";
import { requireCode } from "../invites/preview.ts";
import { admit } from "../members/members.ts";
import { createUser } from "../users/users.ts";
import { roleIn, workspacesByIds, workspacesOf } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";
import type { Account } from "./queries.ts";

export interface JoinDeps {
  db: Database;
  passwords: Passwords;
  limits: SignInLimits;
  /** Codes of no invite, by the address they came from. */
  guesses: RateLimit;
}

export interface AcceptInput extends Moment {
  display_name?: string | undefined;
  email?: string | undefined;
  password?: string | undefined;
  /** Whose attempts are counted: the address, or the network it is in. */
  network: string;
}

export interface Accepted {
  workspace: Workspace;
  user: User;
  session?: SignedIn["session"];
  token?: string;
}

/**
 * Joins by link: as who is signed in, or by a name, an address and a password. These make somebody new;
 * where the address is somebody's already, they sign them in if the password is theirs, and else do nothing.
 */
export async function acceptInvite(
  deps: JoinDeps,
  actor: Actor | undefined,
  code: string,
  input: AcceptInput,
): Promise<{ accepted: Accepted; is_new: boolean }> {
  const { db, limits, guesses } = deps;
  if (actor && isBot(actor)) throw forbidden("bots join by a manager, not by a link");
  // Whoever is not signed in does so by this, and is limited like it.
  if (!actor) limits.address.take(input.network, input.at_ms);
  await requireCode(db, guesses, { ...input, code });
  if (!actor) return comeIn(deps, code, input);
  const workspace = await db.write((tx) => join(tx, code, actor.user, input));
  return { accepted: { user: actor.user, workspace }, is_new: false };
}

async function comeIn(deps: JoinDeps, code: string, input: AcceptInput) {
  const { db, limits } = deps;
  const at = timestamp(input.at_ms);
  const invite = await db.read((tx) => requireUsable(tx, code, at));
  // Nothing that is wrong with them is said in one case and not in the other, but for the last refusal.
  for (const field of ["display_name", "password"] as const) {
    if (!input[field]) throw invalid(field, `${field} is required to join as somebody new`);
  }
  const display_name = requireName("display_name", input.display_name ?? "", LIMITS.display_name_bytes);
  const password = requirePassword(input.password ?? "");
  const given = input.email || invite.email;
  const email = requireEmail(given);
  if (invite.email !== "" && email !== invite.email) throw otherAddress();
  limits.identifier.take(email, input.at_ms);
  const comer = { ...input, code, email, spellings: emailSpellings(given), password };
  const known = await db.read((tx) => queries.accountOf(tx, comer.spellings));
  const accepted = known ? await comeBack(deps, comer, known) : await begin(deps, { ...comer, display_name });
  limits.identifier.restore(email);
  return { accepted, is_new: known === undefined };
}

interface Comer extends Moment {
  code: string;
  email: string;
  spellings: string[];
  password: string;
}

async function comeBack({ db, passwords }: JoinDeps, comer: Comer, known: Account): Promise<Accepted> {
  if (!(await passwords.verify(comer.password, known.password_hash))) throw addressTaken();
  return db.write(async (tx) => {
    // Their password may have been changed while it was compared.
    const account = await queries.accountOf(tx, comer.spellings);
    if (account?.password_hash !== known.password_hash || account?.user.id !== known.user.id) throw addressTaken();
    const workspace = await join(tx, comer.code, account.user, comer);
    return { ...(await createSession(tx, account.user, comer)), workspace };
  });
}

async function begin({ db, passwords }: JoinDeps, comer: Comer & { display_name: string }): Promise<Accepted> {
  const hash = await passwords.hash(comer.password);
  const at = timestamp(comer.at_ms);
  return db.write(async (tx) => {
    await requireUsable(tx, comer.code, at);
    if (await queries.accountOf(tx, comer.spellings)) throw addressTaken();
    const user = await createUser(tx, { display_name: comer.display_name, email: comer.email, at, is_proven: false });
    await upsertPassword(tx, user.id, hash, at);
    const workspace = await join(tx, comer.code, user, comer);
    return { ...(await createSession(tx, user, comer)), workspace };
  });
}

const addressTaken = () =>
  conflict("somebody with this email address is already here; sign in first, then open the link again");

const otherAddress = () => forbidden("this invite is for another email address");

/** Somebody who is in already comes back without using the link up. */
async function join(tx: Tx, code: string, user: User, { at_ms, address }: Moment): Promise<Workspace> {
  const at = timestamp(at_ms);
  const invite = await requireUsable(tx, code, at);
  await requireAddressee(tx, invite.email, user.id);
  const by = { user_id: user.id, address, at };
  if (await admit(tx, invite.workspace_id, user, invite.role, { by, invite_id: invite.id })) {
    if ((await workspacesOf(tx, user.id)).length > LIMITS.workspaces_per_user)
      throw forbidden(`you are in ${LIMITS.workspaces_per_user} workspaces already`);
    await countUse(tx, invite, user.id, at);
  }
  const workspace = (await workspacesByIds(tx, [invite.workspace_id])).get(invite.workspace_id);
  const role = await roleIn(tx, invite.workspace_id, user.id);
  if (!workspace || !role) throw notFound("workspace");
  return { ...workspace, role };
}

async function requireAddressee(tx: Tx, email: string, user_id: string): Promise<void> {
  if (email === "") return;
  const own = await queries.emailsOf(tx, user_id);
  if (!own.some((one) => canonicalEmail(one) === email)) throw otherAddress();
}
