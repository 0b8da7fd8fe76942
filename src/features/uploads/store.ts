import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LIMITS } from "@clickclack/protocol";
import { tooLarge } from "../../lib/multipart.ts";
import { THUMBNAIL_WIDTHS } from "../../lib/thumbnail-width.ts";

/** What was written, and how it begins. */
export interface Written {
  byte_size: number;
  head: Uint8Array;
}

/** Files in a directory, by their storage path. Everything here awaits the disk, so never in a transaction. */
export interface UploadStore {
  /** Where a new file goes: spread over folders, because one with a million files is slow everywhere. */
  pathFor(id: string): string;
  /** Writes a file under a temporary name; settles when its bytes would survive a power cut. */
  write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<Written>;
  /** Gives what was written its name. */
  keep(path: string): Promise<void>;
  /** The file, or nothing when it is gone from the disk. */
  read(path: string): Promise<Blob | undefined>;
  /** Where a file is for those who decode it. */
  locate(path: string): string;
  /** Removes a file with everything made of it; what is not there is no error. */
  remove(path: string): Promise<void>;
}

const PART = ".part";

/** Where the smaller copy of a picture is kept: beside it. */
export function thumbnailPath(path: string, width: number): string {
  return `${path}.w${width}.webp`;
}

export function createUploadStore(root: string): UploadStore {
  const locate = (path: string) => join(root, path);

  async function keep(path: string): Promise<void> {
    const target = locate(path);
    await rename(target + PART, target);
    await syncDirectory(dirname(target));
  }

  return {
    locate,
    keep,
    pathFor: (id) => `${id.slice(-2)}/${id}`,
    async write(path, bytes) {
      const target = locate(path);
      const made = await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      if (made !== undefined) await syncDirectory(dirname(made));
      const file = await open(target + PART, "w+", 0o600);
      try {
        let byte_size = 0;
        for await (const chunk of bytes) {
          byte_size += chunk.byteLength;
          if (byte_size > LIMITS.upload_bytes) throw tooLarge();
          await writeWhole(file, chunk);
        }
        await file.sync();
        const head = new Uint8Array(Math.min(byte_size, LIMITS.file_head_bytes));
        const { bytesRead } = await file.read(head, 0, head.byteLength, 0);
        return { byte_size, head: head.subarray(0, bytesRead) };
      } finally {
        await file.close();
      }
    },
    async read(path) {
      const found = await stat(locate(path)).catch(() => undefined);
      return found?.isFile() ? Bun.file(locate(path)) : undefined;
    },
    async remove(path) {
      const made = THUMBNAIL_WIDTHS.map((width) => thumbnailPath(path, width));
      for (const name of [path, ...made]) {
        await rm(locate(name), { force: true });
        await rm(locate(name) + PART, { force: true });
      }
    },
  };
}

async function writeWhole(file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  let rest = chunk;
  while (rest.byteLength > 0) rest = rest.subarray((await file.write(rest)).bytesWritten);
}

/** A new name is safe only once its directory is. */
async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories; its file system keeps names in a journal.
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
