import { LIMITS, type User } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { requireEmoji } from "../../lib/emoji.ts";
import { conflict, invalid } from "../../lib/errors.ts";
import { codePoints, requireHandle, requireName } from "../../lib/text.ts";
import { timestamp } from "../../lib/clock.ts";
import { appendEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import { type AvatarCleanup, dropPictures, requireAvatar } from "./pictures.ts";
import * as queries from "./queries.ts";

export interface ProfilePatch {
  display_name?: string | undefined;
  handle?: string | undefined;
  avatar_url?: string | undefined;
  status?: StatusPatch | undefined;
  dnd_until?: string | undefined;
  timezone?: string | undefined;
}

interface StatusPatch {
  emoji?: string | null | undefined;
  text?: string | null | undefined;
  expires_at?: string | null | undefined;
}

interface Moment {
  at: string;
  at_ms: number;
}

/** Changes what others see of somebody; everybody who shares a workspace is told, if it is any different. */
export async function changeProfile(
  tx: Tx,
  before: User,
  patch: ProfilePatch,
  { at, at_ms, cleanup }: Moment & { cleanup: AvatarCleanup },
): Promise<void> {
  const after = { ...before };
  if (patch.display_name !== undefined)
    after.display_name = requireName("display_name", patch.display_name, LIMITS.display_name_bytes);
  if (patch.handle !== undefined) after.handle = await freeHandle(tx, requireHandle(patch.handle), before.id);
  if (patch.avatar_url !== undefined && patch.avatar_url.trim() !== before.avatar_url)
    after.avatar_url = requireAvatar(patch.avatar_url);
  if (patch.status !== undefined) setOrDelete(after, "status", statusOf(patch.status, at_ms));
  if (patch.dnd_until !== undefined) setOrDelete(after, "dnd_until", momentOf("dnd_until", patch.dnd_until, at_ms));
  if (patch.timezone !== undefined) setOrDelete(after, "timezone", timezoneOf(patch.timezone));

  if (after.avatar_url !== before.avatar_url) await dropPictures(tx, before.id, cleanup, at);
  await putUser(tx, before, after, at);
}

/** Writes what is different of somebody, and tells it. */
export async function putUser(tx: Tx, before: User, after: User, at: string): Promise<void> {
  const isNamed = after.display_name !== before.display_name || after.handle !== before.handle;
  const isPictured = after.avatar_url !== before.avatar_url;
  const isDescribed = PROFILE.some((key) => !Bun.deepEquals(before[key], after[key]));
  if (isNamed || isPictured) await queries.updateUser(tx, after);
  if (isNamed) await queries.updateDirectoryNames(tx, after);
  if (isDescribed) await queries.updateProfile(tx, after.id, after);
  if (isNamed || isPictured || isDescribed) await tellWorkspaces(tx, after.id, at);
}

const PROFILE = ["status", "dnd_until", "timezone", "deactivated_at"] as const;

export async function tellWorkspaces(tx: Tx, user_id: string, at: string): Promise<void> {
  for (const workspace_id of await queries.workspaceIdsOf(tx, user_id)) {
    const topic = topics.all(workspace_id);
    await appendEvent(tx, { type: "user.updated", topic, workspace_id, payload: { user_id }, created_at: at });
  }
}

/** The handle, if nobody else has it, and no group in one of their workspaces. */
export async function freeHandle(tx: Tx, handle: string, own_id?: string): Promise<string> {
  if (handle === "") return handle;
  const holder = await queries.userByHandle(tx, handle);
  const isTaken = holder
    ? holder.id !== own_id
    : own_id !== undefined && (await queries.isGroupHandle(tx, handle, own_id));
  if (isTaken) throw conflict("handle is already taken");
  return handle;
}

function setOrDelete<Key extends (typeof PROFILE)[number]>(user: User, key: Key, value: User[Key]): void {
  if (value === undefined) delete user[key];
  else user[key] = value;
}

function statusOf(given: StatusPatch, at_ms: number): User["status"] {
  const emoji = given.emoji?.trim() ? requireEmoji(given.emoji) : "";
  const text = given.text?.trim() ? requireName("status.text", given.text, LIMITS.status_text_chars * 4) : "";
  if (codePoints(text) > LIMITS.status_text_chars)
    throw invalid("status.text", `a status is at most ${LIMITS.status_text_chars} characters`);
  const expires_at = momentOf("status.expires_at", given.expires_at ?? "", at_ms);
  if (emoji !== "" || text !== "") return { emoji, text, ...(expires_at !== undefined && { expires_at }) };
  if (expires_at === undefined) return undefined;
  throw invalid("status", "a status needs an emoji or text");
}

/** A moment to come, as it is stored; `""` is none. */
function momentOf(path: string, text: string, at_ms: number): string | undefined {
  if (text === "") return undefined;
  const ms = Date.parse(text);
  if (ms > at_ms && ms <= at_ms + LIMITS.status_max_ms) return timestamp(ms);
  throw invalid(path, `${path} must be in the future, a year away at most`);
}

/** A name of the time zone database; an offset says nothing of summer. */
function timezoneOf(text: string): string | undefined {
  const name = text.trim();
  if (name === "") return undefined;
  try {
    if (/^[A-Za-z]/.test(name)) return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw invalid("timezone", "timezone must be a name like Europe/Berlin");
}
