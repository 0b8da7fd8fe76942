import { LIMITS, type Upload } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { AppError, invalid } from "../../lib/errors.ts";
import { fileType, isPictureType } from "../../lib/file-type.ts";
import { safeFilename } from "../../lib/filename.ts";
import { requireNonce } from "../../lib/message-text.ts";
import { type FilePart, readForm, tooLarge } from "../../lib/multipart.ts";
import { requireActive } from "../workspaces/workspaces.ts";
import { removeFile } from "./cleaning.ts";
import { insertUpload } from "./queries.ts";
import { type Claim, claimPlace, releasePlace } from "./reserving.ts";
import { deleteReservation, type Reservation } from "./reservation-queries.ts";
import type { UploadStore, Written } from "./store.ts";

export interface UploadDeps {
  db: Database;
  store: UploadStore;
}

/** An upload as it arrives. */
export interface Incoming {
  workspace_id: string | undefined;
  nonce: string | undefined;
  content_type: string;
  /** As declared; absent when the body comes in chunks. */
  content_length: number | undefined;
  body: AsyncIterable<Uint8Array>;
  signal?: AbortSignal | undefined;
}

/** How far an upload has come. */
interface Progress {
  workspace_id: string | undefined;
  fields: Map<string, string>;
  place?: Reservation;
  part?: FilePart;
  written?: Written;
}

/**
 * Stores a file while it arrives. The order makes a crash harmless at any moment: a place in the quota
 * (which names the file to be), the bytes under a temporary name, their name, and last the row. A nonce
 * that was seen answers what it became, and the body is not read.
 */
export async function createUpload(
  deps: UploadDeps,
  actor: Actor,
  incoming: Incoming,
): Promise<{ upload: Upload; is_new: boolean }> {
  const { content_length, workspace_id } = incoming;
  const nonce = requireNonce(incoming.nonce);
  if (nonce !== undefined && !workspace_id)
    throw invalid("workspace_id", "an upload with a nonce names its workspace in the query");
  if ((content_length ?? 0) > LIMITS.upload_bytes + LIMITS.form_overhead_bytes) throw tooLarge();

  const progress: Progress = { workspace_id: workspace_id || undefined, fields: new Map() };
  const claim = async (into: string) => {
    const byte_size = Math.min(content_length ?? LIMITS.upload_bytes, LIMITS.upload_bytes);
    const wanted = { workspace_id: into, nonce, byte_size, pathFor: deps.store.pathFor };
    return claimPlace(deps.db, actor, wanted, incoming.signal);
  };
  if (nonce !== undefined && workspace_id) {
    const found = await claim(workspace_id);
    if ("upload" in found) return { upload: found.upload, is_new: false };
    progress.place = found.reservation;
  }
  try {
    await receive(deps, incoming, progress, claim);
    return { upload: await settle(deps, actor, progress), is_new: true };
  } catch (error) {
    if (progress.place) await giveUp(deps, actor, progress.place);
    throw error;
  }
}

/** Reads the form; the file goes to the disk under a temporary name. */
async function receive(
  { store }: UploadDeps,
  incoming: Incoming,
  progress: Progress,
  claim: (workspace_id: string) => Promise<Claim>,
): Promise<void> {
  await readForm(incoming.body, incoming.content_type, {
    field: (name, value) => readField(progress, name, value),
    async file(part, bytes) {
      if (!progress.workspace_id)
        throw invalid("workspace_id", "name the workspace in the query, or in a field before the file");
      if (!progress.place) {
        const found = await claim(progress.workspace_id);
        if ("upload" in found) throw new Error("a claim without a nonce found an upload");
        progress.place = found.reservation;
      }
      progress.part = part;
      progress.written = await store.write(progress.place.storage_path, bytes);
    },
  });
}

/** Everything has arrived: the file gets its name, and then its row. */
async function settle({ db, store }: UploadDeps, actor: Actor, progress: Progress): Promise<Upload> {
  const { place } = progress;
  if (!place) throw new Error("the form was read without a file");
  const upload = await describe(actor, place, progress);
  await store.keep(place.storage_path).catch((cause: unknown) => refuseLate(cause));
  await db.write(async (tx) => {
    await requireActive(tx, actor, place.workspace_id);
    if (!(await deleteReservation(tx, place.id))) refuseLate();
    await insertUpload(tx, { upload, storage_path: place.storage_path });
  });
  return upload;
}

function readField(progress: Progress, name: string, value: string): void {
  if (name !== "workspace_id") return void progress.fields.set(name, value);
  const workspace_id = value.trim();
  if (progress.workspace_id !== undefined && progress.workspace_id !== workspace_id)
    throw invalid("workspace_id", "the request names two different workspaces");
  progress.workspace_id = workspace_id;
}

/** What the file is, from its bytes. What the client says of size and length counts where we cannot know. */
async function describe(actor: Actor, place: Reservation, progress: Progress): Promise<Upload> {
  const { part, written, fields } = progress;
  if (!part || !written) throw new Error("the file was not written");
  const content_type = fileType(written.head, part.content_type);
  const size = isPictureType(content_type) ? await pictureSize(written.head) : undefined;
  return {
    id: place.id,
    workspace_id: place.workspace_id,
    owner_id: actor.user.id,
    ...(place.nonce !== null && { nonce: place.nonce }),
    filename: safeFilename(part.filename),
    content_type,
    byte_size: written.byte_size,
    width: size?.width ?? wholeNumber(fields.get("width"), LIMITS.media_dimension),
    height: size?.height ?? wholeNumber(fields.get("height"), LIMITS.media_dimension),
    duration_ms: wholeNumber(fields.get("duration_ms"), LIMITS.media_duration_ms),
    created_at: actor.at,
  };
}

/** From the header alone: nothing is decoded. */
async function pictureSize(head: Uint8Array): Promise<{ width: number; height: number } | undefined> {
  return new Bun.Image(head).metadata().catch(() => undefined);
}

function wholeNumber(text: string | undefined, max: number): number {
  const value = /^\d{1,12}$/.test(text?.trim() ?? "") ? Number(text) : 0;
  return value <= max ? value : 0;
}

/** Its place has expired, and the clean-up took the file with it. */
function refuseLate(cause?: unknown): never {
  const isGone = cause === undefined || (cause instanceof Error && "code" in cause && cause.code === "ENOENT");
  throw isGone ? new AppError("unavailable", "the upload took too long; send it again", { cause }) : cause;
}

/** Nothing of a failed upload stays, and when that fails too, the queue remembers it. */
async function giveUp({ db, store }: UploadDeps, actor: Actor, place: Reservation): Promise<void> {
  await db.write((tx) => releasePlace(tx, place, actor.at));
  await removeFile({ db, store }, place.storage_path).catch(() => undefined);
}
