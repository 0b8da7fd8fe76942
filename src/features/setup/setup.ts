import { type Channel, LIMITS, type User, type Workspace } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, isBot } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { endedLink, forbidden } from "../../lib/errors.ts";
import { newSecret, sameSecret } from "../../lib/hash.ts";
import { type Passwords, requirePassword } from "../../lib/password.ts";
import { requireName } from "../../lib/text.ts";
import { createSession, type Moment, type SignedIn, upsertPassword } from "../auth/auth.ts";
import { makeChannel } from "../channels/channels.ts";
import { admit } from "../members/members.ts";
import { createUser, findPerson } from "../users/users.ts";
import { createWorkspace, findWorkspace, type NewWorkspace, workspacesOf } from "../workspaces/workspaces.ts";
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
    const made = await makeWorkspace(tx, owner, { name: input.workspace_name, may_reserve: true }, by);
    return { ...(await createSession(tx, owner, input)), ...made };
  });
}

/** A workspace is never without a channel to talk in. */
async function makeWorkspace(tx: Tx, owner: User, input: NewWorkspace, by: By) {
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
    const wanted = { name: input.workspace_name, may_reserve: true } as const;
    return { user, ...(await makeWorkspace(tx, user, wanted, byOperator(input.at))) };
  });
}
