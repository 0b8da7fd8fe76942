import { LIMITS, type Upload } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, canUseScope, requireScope } from "../../lib/actor.ts";
import { AppError, conflict, invalid, notFound } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { requireNonce } from "../../lib/message-text.ts";
import { requireConversation } from "../conversations/conversations.ts";
import { requireMember, roleIn } from "../workspaces/workspaces.ts";
import { insertCleanup } from "./cleanup-queries.ts";
import * as queries from "./queries.ts";
import type { StoredUpload } from "./queries.ts";

/** What other features need of uploads. */
export { attachmentsOf } from "./queries.ts";

/** A file the actor may see: their own, one that a message they can read carries, or their workspace's icon. */
export async function findUpload(db: Database, actor: Actor, upload_id: string): Promise<StoredUpload> {
  return db.read(async (tx) => {
    const stored = await queries.uploadById(tx, upload_id);
    if (!stored || !(await canSee(tx, actor, stored.upload))) throw notFound("upload");
    return stored;
  });
}

async function canSee(tx: Tx, actor: Actor, upload: Upload): Promise<boolean> {
  if (actor.workspace_id !== undefined && actor.workspace_id !== upload.workspace_id) return false;
  if (!(await roleIn(tx, upload.workspace_id, actor.user.id))) return false;
  const conversations = await queries.conversationsOf(tx, upload.id);
  const isVisible =
    upload.owner_id === actor.user.id ||
    (await queries.isWorkspaceIcon(tx, upload)) ||
    (await canReadOne(tx, actor, conversations));
  // A file that is also in a direct conversation belongs to it: a bot needs the right to those as well.
  if (isVisible && conversations.some((id) => id.startsWith("dm_"))) requireScope(actor, "dms:read");
  return isVisible;
}

async function canReadOne(tx: Tx, actor: Actor, conversation_ids: string[]): Promise<boolean> {
  for (const id of conversation_ids) {
    if (id.startsWith("dm_") && !canUseScope(actor, "dms:read")) continue;
    try {
      await requireConversation(tx, actor, id, "read", "messages:read");
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return false;
}

/** What the actor's nonce became, if anything. */
export async function findByNonce(
  db: Database,
  actor: Actor,
  workspace_id: string,
  given: string,
): Promise<Upload | undefined> {
  const nonce = requireNonce(given);
  if (nonce === undefined) throw invalid("nonce", "nonce must not be empty");
  return db.read(async (tx) => {
    await requireMember(tx, actor, workspace_id);
    const stored = await queries.uploadByNonce(tx, actor.user.id, nonce);
    if (stored) requireSameWorkspace(stored.upload, workspace_id);
    return stored?.upload;
  });
}

/** A nonce stands for one upload of a person, wherever it went. */
export function requireSameWorkspace(found: { workspace_id: string }, workspace_id: string): void {
  if (found.workspace_id !== workspace_id) throw conflict("this nonce was already used in another workspace");
}

/**
 * Puts the actor's own files of this workspace on a message, after those it has. A file may be on
 * several messages. Answers the files that were added, in order.
 */
export async function attachUploads(
  tx: Tx,
  actor: Actor,
  message: { id: string; workspace_id: string },
  upload_ids: string[],
): Promise<Upload[]> {
  const present = (await queries.attachmentsOf(tx, [message.id])).get(message.id) ?? [];
  const wanted = [...new Set(upload_ids)].filter((id) => !present.some((one) => one.id === id));
  if (present.length + wanted.length > LIMITS.attachments_per_message)
    throw invalid("upload_ids", `a message carries at most ${LIMITS.attachments_per_message} files`);
  const added: Upload[] = [];
  for (const id of wanted) {
    const upload = (await queries.uploadById(tx, id))?.upload;
    const isMine = upload?.owner_id === actor.user.id && upload.workspace_id === message.workspace_id;
    if (!upload || !isMine) throw notFound("upload");
    await queries.insertAttachment(tx, message.id, id, present.length + added.length);
    added.push(upload);
  }
  return added;
}

/** Takes a deleted message's files off it. Those that nothing else needs are gone with it. */
export async function detachUploads(tx: Tx, message_id: string, at: string): Promise<void> {
  for (const stored of await queries.deleteAttachments(tx, message_id)) {
    if (await queries.isWorkspaceIcon(tx, stored.upload)) await queries.setUnattached(tx, stored.upload.id, at);
    else await dropUpload(tx, stored, at);
  }
}

/** Forgets a file; its bytes go once this has been committed. */
export async function dropUpload(tx: Tx, { upload, storage_path }: StoredUpload, at: string): Promise<void> {
  await queries.deleteUpload(tx, upload.id);
  await insertCleanup(tx, { id: newId("upload_cleanup"), workspace_id: upload.workspace_id, storage_path }, at);
}
