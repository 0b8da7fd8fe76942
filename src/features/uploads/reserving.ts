import { LIMITS, type Upload } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { AppError } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { requireActive } from "../workspaces/workspaces.ts";
import { insertCleanup } from "./cleanup-queries.ts";
import { uploadByNonce } from "./queries.ts";
import * as reservations from "./reservation-queries.ts";
import type { Reservation } from "./reservation-queries.ts";
import { requireSameWorkspace } from "./uploads.ts";

/** What an upload asks for before its first byte is read. */
export interface Wanted {
  workspace_id: string;
  nonce: string | undefined;
  /** What it may turn out to be at most. */
  byte_size: number;
  pathFor(id: string): string;
}

/** A place of one's own, or what the nonce already stands for. */
export type Claim = { reservation: Reservation } | { upload: Upload };

const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 250;

/**
 * Takes a place in the quota. While another upload with the same nonce is under way it waits: that
 * one's result is the answer, and should it fail, this one takes its place.
 */
export async function claimPlace(
  db: Database,
  actor: Actor,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<Claim> {
  const until_ms = performance.now() + LIMITS.upload_nonce_wait_ms;
  for (let wait_ms = FIRST_WAIT_MS; ; wait_ms = Math.min(LONGEST_WAIT_MS, wait_ms * 2)) {
    const claim = await db.write((tx) => tryClaim(tx, actor, wanted));
    if (claim) return claim;
    if (signal?.aborted || performance.now() > until_ms)
      throw new AppError("unavailable", "an upload with this nonce is still under way; try again", {
        retry_after_s: 1,
      });
    await Bun.sleep(wait_ms);
  }
}

/** Answers nothing while somebody else holds the nonce. */
async function tryClaim(tx: Tx, actor: Actor, wanted: Wanted): Promise<Claim | undefined> {
  const { workspace_id, nonce, byte_size } = wanted;
  await requireActive(tx, actor, workspace_id);
  if (nonce !== undefined) {
    const seen = await uploadByNonce(tx, actor.user.id, nonce);
    if (seen) {
      requireSameWorkspace(seen.upload, workspace_id);
      return { upload: seen.upload };
    }
    const busy = await reservations.reservationByNonce(tx, actor.user.id, nonce);
    if (busy && busy.expires_at >= actor.at) {
      requireSameWorkspace(busy, workspace_id);
      return undefined;
    }
    if (busy) await releasePlace(tx, busy, actor.at);
  }
  requireRoom(await reservations.usageOf(tx, workspace_id, actor.user.id), byte_size);
  const id = newId("upload");
  const reservation: Reservation = {
    id,
    workspace_id,
    owner_id: actor.user.id,
    nonce: nonce ?? null,
    byte_size,
    storage_path: wanted.pathFor(id),
    created_at: actor.at,
    expires_at: timestamp(actor.at_ms + LIMITS.upload_reservation_ms),
  };
  await reservations.insertReservation(tx, reservation);
  return { reservation };
}

function requireRoom({ files, bytes, under_way }: reservations.Usage, byte_size: number): void {
  if (under_way >= LIMITS.uploads_at_once)
    throw new AppError("rate_limited", `you can upload ${LIMITS.uploads_at_once} files at once; wait for one`, {
      retry_after_s: 1,
    });
  if (files + 1 > LIMITS.upload_quota_files)
    throw new AppError("payload_too_large", `you have ${LIMITS.upload_quota_files} files here, which is the limit`);
  if (bytes + byte_size > LIMITS.upload_quota_bytes)
    throw new AppError("payload_too_large", `your files here would pass ${LIMITS.upload_quota_bytes} bytes`);
}

/** Gives the place back; whatever was written for it will be removed. */
export async function releasePlace(tx: Tx, { id, workspace_id, storage_path }: Reservation, at: string): Promise<void> {
  await reservations.deleteReservation(tx, id);
  await insertCleanup(tx, { id: newId("upload_cleanup"), workspace_id, storage_path }, at);
}
