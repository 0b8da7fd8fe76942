import type { Me } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, isBot } from "../../lib/actor.ts";
import { forbidden, notFound } from "../../lib/errors.ts";
import type { AvatarCleanup } from "./pictures.ts";
import { changePreferences, type PreferencesPatch, preferencesOf } from "./preferences.ts";
import { changeProfile, type ProfilePatch } from "./profile.ts";
import * as queries from "./queries.ts";

/** Everything one knows of oneself. A bot's address, settings and sidebar do not exist. */
export async function readMe(db: Database, actor: Actor): Promise<Me> {
  return db.read((tx) => meOf(tx, actor));
}

export async function meOf(tx: Tx, actor: Actor): Promise<Me> {
  const user = await queries.userById(tx, actor.user.id);
  if (!user) throw notFound("user");
  if (isBot(actor)) return user;
  const email = await queries.emailOf(tx, user.id);
  return {
    ...user,
    ...(email && { email }),
    password_enrolled: await queries.hasPassword(tx, user.id),
    ...(await preferencesOf(tx, user.id)),
  };
}

export interface MePatch extends ProfilePatch, PreferencesPatch {}

/** Changes what others see of the actor and what only they see, all of it or nothing. */
export async function updateMe(
  { db, cleanup }: { db: Database; cleanup: AvatarCleanup },
  actor: Actor,
  patch: MePatch,
): Promise<Me> {
  requirePerson(actor);
  return db.write(async (tx) => {
    const before = await queries.userById(tx, actor.user.id);
    if (!before) throw notFound("user");
    await changeProfile(tx, before, patch, { at: actor.at, at_ms: actor.at_ms, cleanup });
    await changePreferences(tx, before.id, patch, actor.at);
    return meOf(tx, actor);
  });
}

export function requirePerson(actor: Actor): void {
  if (isBot(actor)) throw forbidden("bots cannot change their profile; a manager does it");
}
