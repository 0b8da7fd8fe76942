import { SQLiteError } from "bun:sqlite";
import { AppError } from "../lib/errors.ts";

const BUSY = 5;
const LOCKED = 6;
const NO_MEMORY = 7;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** The primary result code; the low byte of SQLite's extended ones. */
function primaryCode(error: unknown): number | undefined {
  return error instanceof SQLiteError ? error.errno & 0xff : undefined;
}

export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === BUSY || code === LOCKED;
}

export function isDamage(error: unknown): boolean {
  const code = primaryCode(error);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

/** After one of these nothing else of the same transaction may be trusted. */
export function isFatal(error: unknown): boolean {
  const code = primaryCode(error);
  return (
    code === FULL ||
    code === IO_ERROR ||
    code === NO_MEMORY ||
    code === CORRUPT ||
    code === CANNOT_OPEN ||
    code === NOT_A_DATABASE
  );
}

/** What the engine could not do, as a sentence for a person; anything else stays what it was. */
export function explain(error: unknown): unknown {
  const code = primaryCode(error);
  if (code === undefined) return error;
  const sentence = SENTENCES[code];
  return sentence === undefined ? error : new AppError("unavailable", sentence, { cause: error, retry_after_s: 5 });
}

const SENTENCES: Record<number, string> = {
  [FULL]: "The disk is full, so nothing was saved; free some disk space and try again.",
  [IO_ERROR]:
    "The disk could not be read or written, so nothing was saved; check the disk and its free space, then try again.",
  [BUSY]: "Another program is writing to the database; try again in a moment.",
  [LOCKED]: "Another program is writing to the database; try again in a moment.",
  [NO_MEMORY]: "The server is out of memory, so nothing was saved; try again in a moment.",
  [CORRUPT]: "The database file is damaged; stop the server and restore the newest backup.",
  [NOT_A_DATABASE]: "The database file is damaged; stop the server and restore the newest backup.",
  [CANNOT_OPEN]: "The database file could not be opened; check that it exists and that the server may write to it.",
};

/** For a batch that ended without a commit: whatever the cause, its writes did not happen. */
export function batchFailure(error: unknown): AppError {
  const explained = explain(error);
  if (explained instanceof AppError) return explained;
  return new AppError("unavailable", "The database did not save this; try again in a moment.", {
    cause: error,
    retry_after_s: 1,
  });
}
