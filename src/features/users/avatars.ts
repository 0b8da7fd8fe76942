import { LIMITS, type Me } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { AppError, invalid, notFound } from "../../lib/errors.ts";
import { fileType, isPictureType } from "../../lib/file-type.ts";
import { readForm } from "../../lib/multipart.ts";
import { createSemaphore } from "../../lib/semaphore.ts";
import * as queries from "./avatar-queries.ts";
import { meOf, requirePerson } from "./me.ts";
import { avatarAddress, type AvatarCleanup, dropPictures } from "./pictures.ts";
import { putUser } from "./profile.ts";

/** Where pictures are kept: beside uploads, whose store `app.ts` passes in. */
export interface AvatarFiles {
  pathFor(id: string): string;
  write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<unknown>;
  keep(path: string): Promise<void>;
  read(path: string): Promise<Blob | undefined>;
}

export interface AvatarDeps {
  db: Database;
  files: AvatarFiles;
  cleanup: AvatarCleanup;
}

/** A picture as it arrives. */
export interface IncomingPicture {
  content_type: string;
  /** As declared; absent when the body comes in chunks. */
  content_length: number | undefined;
  body: AsyncIterable<Uint8Array>;
}

/** Takes in pictures of people: one of each person at a time, and few at once. */
export function createAvatars(deps: AvatarDeps) {
  const limited = createSemaphore(
    LIMITS.avatars_at_once,
    LIMITS.avatar_queue,
    "too many pictures at once; try again in a moment",
  );
  const under_way = new Set<string>();

  return {
    async set(actor: Actor, incoming: IncomingPicture): Promise<Me> {
      requirePerson(actor);
      if (under_way.has(actor.user.id))
        throw new AppError("rate_limited", "your last picture is still on its way", { retry_after_s: 1 });
      under_way.add(actor.user.id);
      try {
        const sent = await receive(incoming);
        return await keepPicture(deps, actor, await limited(() => smallerPicture(sent)));
      } finally {
        under_way.delete(actor.user.id);
      }
    },
  };
}

/** The bytes of the picture anybody may see who was given its address. */
export async function readAvatar(
  { db, files }: AvatarDeps,
  key: string,
): Promise<{ avatar: queries.Avatar; blob: Blob }> {
  const avatar = await db.read((tx) => queries.avatarByKey(tx, key));
  const blob = avatar && (await files.read(avatar.storage_path));
  if (!blob) throw notFound("picture");
  return { avatar, blob };
}

async function receive({ body, content_type, content_length }: IncomingPicture): Promise<Uint8Array> {
  if ((content_length ?? 0) > LIMITS.avatar_bytes + LIMITS.form_overhead_bytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let declared = "";
  await readForm(body, content_type, {
    field: () => undefined,
    async file(part, bytes) {
      declared = part.content_type;
      for await (const chunk of bytes) {
        size += chunk.byteLength;
        if (size > LIMITS.avatar_bytes) throw tooLarge();
        chunks.push(chunk);
      }
    },
  });
  const sent = Buffer.concat(chunks);
  if (!isPictureType(fileType(sent.subarray(0, LIMITS.file_head_bytes), declared))) throw noPicture();
  return sent;
}

/**
 * The picture anew: whatever else the file held, where it was taken for one, is not in it any more. The
 * shorter side counts, because clients show a square of the middle.
 */
async function smallerPicture(sent: Uint8Array): Promise<Uint8Array> {
  try {
    const picture = new Bun.Image(sent, { maxPixels: LIMITS.image_pixels });
    const { width, height } = await picture.metadata();
    const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
    const scale = Math.min(1, LIMITS.avatar_px / shorter, LIMITS.avatar_longer_px / longer);
    const side = Math.max(1, Math.round(longer * scale));
    return await picture.resize(side, side, { fit: "inside", withoutEnlargement: true }).webp({ quality: 80 }).bytes();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code.startsWith("ERR_IMAGE_")) throw noPicture();
    throw error;
  }
}

/**
 * The file is noted for removal before it is there, and the note goes with the row that names it: stopped
 * anywhere in between, nothing stays.
 */
async function keepPicture({ db, files, cleanup }: AvatarDeps, actor: Actor, picture: Uint8Array): Promise<Me> {
  const key = newKey();
  const storage_path = files.pathFor(key);
  const due = timestamp(actor.at_ms + LIMITS.avatar_unsettled_ms);
  await db.write((tx) => cleanup.discard(tx, storage_path, { at: actor.at, due }));
  await files.write(storage_path, whole(picture));
  await files.keep(storage_path);
  return db.write(async (tx) => {
    if (!(await cleanup.spare(tx, storage_path)))
      throw new AppError("unavailable", "the picture took too long; send it again");
    const before = await meOf(tx, actor);
    await dropPictures(tx, before.id, cleanup, actor.at);
    await queries.insertAvatar(tx, {
      key,
      user_id: before.id,
      content_type: "image/webp",
      byte_size: picture.byteLength,
      storage_path,
      created_at: actor.at,
    });
    const after = { ...before, avatar_url: avatarAddress(key) };
    await putUser(tx, before, after, actor.at);
    return after;
  });
}

/** 128 random bits: the address is all that a picture is protected by. */
function newKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function tooLarge(): AppError {
  return new AppError("payload_too_large", `a picture must be at most ${LIMITS.avatar_bytes} bytes`);
}

function noPicture(): AppError {
  return invalid("file", "the file must be a PNG, JPEG, GIF or WebP picture of at most 40 megapixels");
}
