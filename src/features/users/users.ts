import { HANDLE, LIMITS, type User } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { emailSpellings } from "../../lib/email.ts";
import { conflict } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { BROADCASTS } from "../../lib/mentions.ts";
import { requireEmail, requireHandle, requireName, slugify } from "../../lib/text.ts";
import { freeHandle, tellWorkspaces } from "./profile.ts";
import * as queries from "./queries.ts";

/** What other features need of people. */
export { insertUser, userByEmail, userById } from "./queries.ts";

/** Digits that tell namesakes apart. */
const HANDLE_SUFFIX_CHARS = 4;

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
  /** Whether somebody vouches that the address is theirs; not if they only wrote it into a form. */
  is_proven?: boolean;
}

/** Creates a person. The e-mail address is their local identity and must be free. */
export async function createUser(
  tx: Tx,
  { display_name, email, handle, at, is_proven = true }: NewPerson,
): Promise<User> {
  const user: User = {
    id: newId("user"),
    kind: "human",
    display_name: requireName("display_name", display_name, LIMITS.display_name_bytes),
    handle: handle ? await freeHandle(tx, requireHandle(handle)) : await suggestHandle(tx, display_name),
    avatar_url: "",
    created_at: at,
  };
  const address = email === undefined ? undefined : requireEmail(email);
  if (address && email !== undefined && (await personByEmail(tx, email))) {
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
      verified_at: is_proven ? at : null,
    });
  }
  return user;
}

/** Finds a person by e-mail address or, with or without `@`, by handle. */
export async function findPerson(tx: Tx, identifier: string): Promise<User | undefined> {
  const byEmail = await personByEmail(tx, identifier);
  return byEmail ?? queries.userByHandle(tx, identifier.trim().toLowerCase().replace(/^@/, ""));
}

/** Whoever has this address, however it is spelt. */
export async function personByEmail(tx: Tx, email: string): Promise<User | undefined> {
  for (const spelling of emailSpellings(email)) {
    const found = await queries.userByEmail(tx, spelling);
    if (found) return found;
  }
  return undefined;
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
