import { statSync } from "node:fs";
import { basename } from "node:path";
import { LIMITS } from "@clickclack/protocol";
import type { Upload } from "@clickclack/sdk";
import type { ArgsDef } from "citty";
import { BODY_FLAGS, readBody } from "./body.ts";
import type { BodyArgs } from "./body.ts";
import { UsageError } from "./failure.ts";
import { readRepeated } from "./flags.ts";
import type { Session } from "./session.ts";

/** What every command that posts takes. */
export const DRAFT_FLAGS = {
  ...BODY_FLAGS,
  upload: { type: "string", description: "Attach a file; several times for several", valueHint: "path" },
  nonce: { type: "string", description: "Post at most once under this name, however often it is run" },
} as const satisfies ArgsDef;

/** A message that is about to be posted. With files it may be without text. */
export interface Draft {
  body: string;
  /** One for all tries: an answer that got lost does not post twice. */
  nonce: string;
  paths: string[];
}

export async function readDraft(
  args: BodyArgs & { nonce?: string | undefined },
  words: string[],
  rawArgs: string[],
): Promise<Draft> {
  const paths = readRepeated(rawArgs, "upload");
  requireFiles(paths);
  const body = await readBody(args, words, paths.length > 0);
  return { body, nonce: args.nonce ?? crypto.randomUUID(), paths };
}

/** Uploads the files, and answers what is posted. */
export async function withFiles(
  session: Session,
  workspace_id: string,
  draft: Draft,
): Promise<{ body: string; nonce: string; upload_ids?: string[] }> {
  const { body, nonce, paths } = draft;
  if (paths.length === 0) return { body, nonce };
  const uploads = await uploadFiles(session, workspace_id, draft);
  return { body, nonce, upload_ids: uploads.map(({ id }) => id) };
}

/** One after the other, each with a nonce of its own, so that a repetition stores none twice. */
export async function uploadFiles(session: Session, workspace_id: string, draft: Draft): Promise<Upload[]> {
  const uploads: Upload[] = [];
  for (const [index, path] of draft.paths.entries()) {
    const nonce = `${draft.nonce}:${index}`;
    const { upload } = await session.client.uploads.create(workspace_id, Bun.file(path), basename(path), { nonce });
    uploads.push(upload);
  }
  return uploads;
}

/** Before anything is sent: half a message is worse than none. */
export function requireFiles(paths: string[]): void {
  if (paths.length > LIMITS.attachments_per_message) {
    throw new UsageError(`a message carries at most ${LIMITS.attachments_per_message} files`);
  }
  for (const path of paths) {
    const file = statSync(path, { throwIfNoEntry: false });
    if (!file) throw new UsageError(`${path} does not exist`);
    if (!file.isFile()) throw new UsageError(`${path} is not a file`);
  }
}
