import { type Channel, LIMITS, type User, type Workspace } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, isBot } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { endedLink, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newSecret, sameSecret } from "../../lib/hash.ts";
import { type Passwords, requirePassword } from "../../lib/password.ts";
import { requireName } from "../../lib/text.ts";
import { createSession, type Moment, type SignedIn, upsertPassword } from "../auth/auth.ts";
import { makeChannel } from "../channels/channels.ts";
import { countUse, requireUsable } from "../invites/invites.ts";
import { admit } from "../members/members.ts";
import { createUser, findPerson } from "../users/users.ts";
import { createWorkspace, findWorkspace, roleIn, workspacesByIds, workspacesOf } from "../workspaces/workspaces.ts";
import { type By, byActor, byOperator } from "../workspaces/recording.ts";
import * as queries from "./queries.ts";

/** The one-time link of a server without people. It lives in memory and ends with its use. */
export interface Claim {
  readonly token: string;
}

/** A claim for a server that has nobody yet, else none. */
export async function openClaim(db: Database): Promise<Claim | undefined> {
  return (await db.read(queries.hasPeople)) ? undefined : { token: newSecret("setup") };
}

export async function setupNeeded(db: Database): Promise<boolean> {
  return !(await db.read(queries.hasPeople));
}

export interface SetupInput extends Moment {
  token: string;
  display_name: string;
  email: string;
  workspace_name: string;
  password?: string | undefined;
}

/** Turns the claim into the owner, their workspace and `#general`, and signs them in. Works once. */
export async function claimServer(
  db: Database,
  passwords: Passwords,
  claim: Claim | undefined,
  input: SetupInput,
): Promise<SignedIn & { workspace: Workspace; channel: Channel }> {
  if (!claim || !sameSecret(claim.token, input.token)) throw endedLink("setup link");
  requireName("workspace_name", input.workspace_name, LIMITS.workspace_name_chars * 4);
  const hash = input.password === undefined ? undefined : await passwords.hash(requirePassword(input.password));
  const at = timestamp(input.at_ms);
  return db.write(async (tx) => {
    if (await queries.hasPeople(tx)) throw endedLink("setup link");
    const owner = await createUser(tx, { display_name: input.display_name, email: input.email, at });
    if (hash !== undefined) await upsertPassword(tx, owner.id, hash, at);
    const by = { user_id: owner.id, address: input.address, at };
    const made = await makeWorkspace(tx, owner, { name: input.workspace_name }, by);
    return { ...(await createSession(tx, owner, input)), ...made };
  });
}

/** A workspace is never without a channel to talk in. */
async function makeWorkspace(tx: Tx, owner: User, input: { name: string; slug?: string | undefined }, by: By) {
  const workspace = await createWorkspace(tx, owner, input, by);
  const { channel } = await makeChannel(tx, workspace.id, { name: "general" }, by.at);
  return { workspace, channel: { ...channel, last_read_seq: 0, unread_count: 0 } };
}

export async function addWorkspace(
  db: Database,
  actor: Actor,
  input: { name: string; slug?: string | undefined },
): Promise<Workspace> {
  if (isBot(actor)) throw forbidden("bots cannot create workspaces");
  return db.write(async (tx) => (await makeWorkspace(tx, actor.user, input, byActor(actor))).workspace);
}

export interface AcceptInput extends Moment {
  display_name?: string | undefined;
  email?: string | undefined;
  password?: string | undefined;
}

export interface Accepted {
  workspace: Workspace;
  user: User;
  session?: SignedIn["session"];
  token?: string;
}

/** Joins by link: as who you are, or as somebody new with a name, an address and a password. */
export async function acceptInvite(
  db: Database,
  passwords: Passwords,
  actor: Actor | undefined,
  code: string,
  input: AcceptInput,
): Promise<Accepted> {
  const at = timestamp(input.at_ms);
  if (actor) {
    if (isBot(actor)) throw forbidden("bots join by a manager, not by a link");
    return db.write(async (tx) => ({ user: actor.user, workspace: await join(tx, code, actor.user, input) }));
  }
  for (const field of ["display_name", "email", "password"] as const) {
    if (!input[field]) throw invalid(field, `${field} is required to join as somebody new`);
  }
  await db.read((tx) => requireUsable(tx, code, at));
  const hash = await passwords.hash(requirePassword(input.password ?? ""));
  return db.write(async (tx) => {
    await requireUsable(tx, code, at);
    const user = await createUser(tx, { display_name: input.display_name ?? "", email: input.email ?? "", at });
    await upsertPassword(tx, user.id, hash, at);
    const workspace = await join(tx, code, user, input);
    return { ...(await createSession(tx, user, input)), workspace };
  });
}

/** Somebody who is in already comes back without using the link up. */
async function join(tx: Tx, code: string, user: User, { at_ms, address }: Moment): Promise<Workspace> {
  const at = timestamp(at_ms);
  const invite = await requireUsable(tx, code, at);
  const by = { user_id: user.id, address, at };
  if (await admit(tx, invite.workspace_id, user, invite.role, { by, invite_id: invite.id })) await countUse(tx, invite);
  const workspace = (await workspacesByIds(tx, [invite.workspace_id])).get(invite.workspace_id);
  const role = await roleIn(tx, invite.workspace_id, user.id);
  if (!workspace || !role) throw notFound("workspace");
  return { ...workspace, role };
}

export interface BootstrapInput {
  display_name: string;
  email: string;
  workspace_name: string;
  at: string;
}

/** The operator's and development's first run: user, workspace and channel, made once. */
export async function bootstrap(db: Database, input: BootstrapInput): Promise<{ user: User; workspace: Workspace }> {
  return db.write(async (tx) => {
    const user = (await findPerson(tx, input.email)) ?? (await createUser(tx, { ...input }));
    const mine = (await workspacesOf(tx, user.id))[0];
    if (mine) return { user, workspace: mine };
    const existing = await findWorkspace(tx, "clickclack");
    if (existing && (await admit(tx, existing.id, user, "member", { by: byOperator(input.at) })))
      return { user, workspace: existing };
    return { user, ...(await makeWorkspace(tx, user, { name: input.workspace_name }, byOperator(input.at))) };
  });
}
