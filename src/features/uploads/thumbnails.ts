import { LIMITS } from "@clickclack/protocol";
import { notFound } from "../../lib/errors.ts";
import { isPictureType } from "../../lib/file-type.ts";
import { createSemaphore } from "../../lib/semaphore.ts";
import type { StoredUpload } from "./queries.ts";
import { thumbnailPath, type UploadStore } from "./store.ts";

/** Answers a picture at most so wide, made when it is first asked for. */
export type Thumbnails = (stored: StoredUpload, width: number) => Promise<Blob>;

/**
 * Pictures are decoded by Bun off the serving thread, two at once, and none of more than 40 megapixels:
 * the header says so before anything is decoded. What cannot be decoded is a plain file without a
 * thumbnail, and is not tried again.
 */
export function createThumbnails(store: UploadStore): Thumbnails {
  const limited = createSemaphore(
    LIMITS.thumbnails_at_once,
    LIMITS.thumbnail_queue,
    "too many pictures at once; try again",
  );
  const under_way = new Map<string, Promise<Blob>>();
  const failed = new Set<string>();

  function remember(id: string): void {
    const [oldest] = failed;
    if (failed.size >= LIMITS.thumbnail_failures && oldest !== undefined) failed.delete(oldest);
    failed.add(id);
  }

  async function make(stored: StoredUpload, path: string, width: number): Promise<Blob> {
    const smaller = await smallerCopy(store.locate(stored.storage_path), width);
    if (!smaller) remember(stored.upload.id);
    const kept = smaller && (await keep(store, stored.storage_path, path, smaller));
    if (!kept) throw notFound("thumbnail");
    return kept;
  }

  return async (stored, width) => {
    if (!isPictureType(stored.upload.content_type) || failed.has(stored.upload.id)) throw notFound("thumbnail");
    const path = thumbnailPath(stored.storage_path, width);
    const ready = await store.read(path);
    if (ready) return ready;
    const same = under_way.get(path);
    if (same) return same;
    const job = limited(() => make(stored, path, width)).finally(() => under_way.delete(path));
    under_way.set(path, job);
    return job;
  };
}

/** At most so wide, and at most twice as high: a long screenshot must not become a huge thumbnail. */
async function smallerCopy(source: string, width: number): Promise<Uint8Array | undefined> {
  try {
    return await new Bun.Image(source, { maxPixels: LIMITS.image_pixels })
      .resize(width, width * 2, { fit: "inside", withoutEnlargement: true })
      .webp({ quality: 80 })
      .bytes();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code.startsWith("ERR_IMAGE_") || code === "ENOENT") return undefined;
    throw error;
  }
}

/** Beside the picture. Should that have gone meanwhile, its copy goes too. */
async function keep(store: UploadStore, source: string, path: string, bytes: Uint8Array): Promise<Blob | undefined> {
  await store.write(path, whole(bytes));
  await store.keep(path);
  if (await store.read(source)) return store.read(path);
  await store.remove(source);
  return undefined;
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
