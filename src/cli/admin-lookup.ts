import type { User, Workspace } from "@clickclack/protocol";
import type { Tx } from "../db/database.ts";
import { userByHandle, userById } from "../features/users/queries.ts";
import { personByEmail } from "../features/users/users.ts";
import { findWorkspace, ownerOf, roleIn } from "../features/workspaces/queries.ts";
import { forbidden, notFound } from "../lib/errors.ts";
import { UsageError } from "./failure.ts";

/** By id or slug. */
export async function requireWorkspace(tx: Tx, wanted: string): Promise<Workspace> {
  const workspace = await findWorkspace(tx, wanted);
  if (!workspace) throw notFound(`workspace "${wanted}"`);
  return workspace;
}

/** A person by exactly one of e-mail address and user id. */
export async function requirePerson(
  tx: Tx,
  { email, user }: { email?: string | undefined; user?: string | undefined },
): Promise<User> {
  if ((email === undefined) === (user === undefined)) throw new UsageError("say who: either --email or --user");
  const person = email === undefined ? await userById(tx, user ?? "") : await personByEmail(tx, email);
  if (!person || person.kind !== "human") throw notFound(`a person "${email ?? user}" was`);
  return person;
}

/** A bot by id or handle. */
export async function requireBot(tx: Tx, wanted: string): Promise<User> {
  const bot = (await userById(tx, wanted)) ?? (await userByHandle(tx, wanted.toLowerCase().replace(/^@/, "")));
  if (!bot || bot.kind !== "bot") throw notFound(`bot "${wanted}"`);
  return bot;
}

/** In whose name the command acts: a manager by id or e-mail address, else the workspace's owner. */
export async function requireCreator(tx: Tx, workspace: Workspace, wanted: string | undefined): Promise<string> {
  if (wanted === undefined) {
    const owner = await ownerOf(tx, workspace.id);
    if (!owner) throw notFound(`an owner of ${workspace.name} was`);
    return owner;
  }
  const person = await requirePerson(tx, wanted.includes("@") ? { email: wanted } : { user: wanted });
  const role = await roleIn(tx, workspace.id, person.id);
  if (role !== "owner" && role !== "moderator")
    throw forbidden(`${person.display_name} is not a manager of ${workspace.name}`);
  return person.id;
}
