import { HANDLE, LIMITS, type Me, type User } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { isBot } from "../../lib/actor.ts";
import { conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { BROADCASTS } from "../../lib/mentions.ts";
import { requireEmail, requireHandle, requireName, requireText, slugify } from "../../lib/text.ts";
import { appendEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import * as queries from "./queries.ts";

/** What other features need of people. */
export { insertUser, userByEmail, userById } from "./queries.ts";

export async function readMe(db: Database, actor: Actor): Promise<Me> {
  return db.read((tx) => meOf(tx, actor));
}

async function meOf(tx: Tx, actor: Actor): Promise<Me> {
  const user = await queries.userById(tx, actor.user.id);
  if (!user) throw notFound("user");
  if (isBot(actor)) return user;
  const email = await queries.emailOf(tx, user.id);
  return { ...user, ...(email && { email }), password_enrolled: await queries.hasPassword(tx, user.id) };
}

/** Digits that tell namesakes apart. */
const HANDLE_SUFFIX_CHARS = 4;

export interface ProfilePatch {
  display_name?: string | undefined;
  handle?: string | undefined;
  avatar_url?: string | undefined;
}

/** Changes what others see of the actor; everybody who shares a workspace is told. */
export async function updateMe(db: Database, actor: Actor, patch: ProfilePatch): Promise<Me> {
  if (isBot(actor)) throw forbidden("bots cannot change their profile; a manager does it");
  return db.write(async (tx) => {
    const before = await queries.userById(tx, actor.user.id);
    if (!before) throw notFound("user");
    const after = { ...before };
    if (patch.display_name !== undefined) {
      after.display_name = requireName("display_name", patch.display_name, LIMITS.display_name_bytes);
    }
    if (patch.handle !== undefined) after.handle = await freeHandle(tx, requireHandle(patch.handle), before.id);
    if (patch.avatar_url !== undefined) after.avatar_url = requireAvatar(patch.avatar_url);
    await queries.updateUser(tx, after);
    await queries.updateDirectoryNames(tx, after);
    await tellWorkspaces(tx, after.id, actor.at);
    return meOf(tx, actor);
  });
}

async function tellWorkspaces(tx: Tx, user_id: string, at: string): Promise<void> {
  for (const workspace_id of await queries.workspaceIdsOf(tx, user_id)) {
    const topic = topics.all(workspace_id);
    await appendEvent(tx, { type: "user.updated", topic, workspace_id, payload: { user_id }, created_at: at });
  }
}

/** Ends a bot: its name stays with what it wrote, its handle is free, everybody sees that it is gone. */
export async function entomb(tx: Tx, bot: User, at: string): Promise<void> {
  await queries.entombUser(tx, bot.id, at);
  await queries.updateDirectoryNames(tx, { ...bot, handle: "" });
  await tellWorkspaces(tx, bot.id, at);
}

export interface NewPerson {
  display_name: string;
  email?: string;
  handle?: string;
  at: string;
}

/** Creates a person. The e-mail address is their local identity and must be free. */
export async function createUser(tx: Tx, { display_name, email, handle, at }: NewPerson): Promise<User> {
  const user: User = {
    id: newId("user"),
    kind: "human",
    display_name: requireName("display_name", display_name, LIMITS.display_name_bytes),
    handle: handle ? await freeHandle(tx, requireHandle(handle)) : await suggestHandle(tx, display_name),
    avatar_url: "",
    created_at: at,
  };
  const address = email === undefined ? undefined : requireEmail(email);
  if (address && (await queries.userByEmail(tx, address))) {
    throw conflict("somebody with this email address is already here; sign in instead");
  }
  await queries.insertUser(tx, user);
  if (address) {
    await queries.insertIdentity(tx, {
      id: newId("identity"),
      user_id: user.id,
      provider: "local",
      provider_subject: address,
      email: address,
      created_at: at,
    });
  }
  return user;
}

/** Finds a person by e-mail address or, with or without `@`, by handle. */
export async function findPerson(tx: Tx, identifier: string): Promise<User | undefined> {
  const wanted = identifier.trim().toLowerCase();
  const byEmail = await queries.userByEmail(tx, wanted);
  return byEmail ?? queries.userByHandle(tx, wanted.replace(/^@/, ""));
}

/** The handle, if nobody else has it. */
export async function freeHandle(tx: Tx, handle: string, own_id?: string): Promise<string> {
  if (handle === "") return handle;
  const holder = await queries.userByHandle(tx, handle);
  if (holder && holder.id !== own_id) throw conflict("handle is already taken");
  return handle;
}

/** A free handle made from a name, so that somebody new can be mentioned at once; `""` if none fits. */
async function suggestHandle(tx: Tx, display_name: string): Promise<string> {
  const [first = ""] = slugify(display_name.replace(/@.*/, "")).split("-");
  const wanted = first.slice(0, LIMITS.handle_chars - HANDLE_SUFFIX_CHARS);
  if (!HANDLE.test(wanted) || BROADCASTS.some((word) => word === wanted)) return "";
  let handle = wanted;
  for (let n = 2; await queries.userByHandle(tx, handle); n++) {
    if (String(n).length > HANDLE_SUFFIX_CHARS) return "";
    handle = `${wanted}${n}`;
  }
  return handle;
}

export function requireAvatar(value: string): string {
  const url = requireText("avatar_url", value.trim());
  if (url === "") return url;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // The parser forgives line breaks and tabs inside; what is stored goes to clients as it is.
  if (
    parsed &&
    !/[\s\p{Cc}]/u.test(url) &&
    (parsed.protocol === "https:" || parsed.protocol === "http:") &&
    !parsed.username
  )
    return url;
  throw invalid("avatar_url", "avatar_url must be an http or https address, or empty");
}
