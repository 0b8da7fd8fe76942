import type { Tx } from "../../db/database.ts";
import { invalid } from "../../lib/errors.ts";
import { requireText } from "../../lib/text.ts";
import * as queries from "./avatar-queries.ts";

/** How files go that no picture needs any more: noted in a transaction, and removed after it. */
export interface AvatarCleanup {
  /** Notes a file for removal at a moment. */
  discard(tx: Tx, storage_path: string, moment: { at: string; due: string }): Promise<void>;
  /** Takes the note back; `false` when the file has gone already. */
  spare(tx: Tx, storage_path: string): Promise<boolean>;
}

const ADDRESS = "/api/avatars/";

export function avatarAddress(key: string): string {
  return `${ADDRESS}${key}`;
}

/** What is stored of somebody's earlier pictures goes. */
export async function dropPictures(tx: Tx, user_id: string, cleanup: AvatarCleanup, at: string): Promise<void> {
  for (const path of await queries.deleteAvatars(tx, user_id)) await cleanup.discard(tx, path, { at, due: at });
}

/** A picture somewhere else. One of ours is set by sending it. */
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
