import { AppError } from "./errors.ts";

/** Where the next page of a list begins, as its reader sends it back: opaque, and never trusted. */
export function writeCursor(key: Record<string, string | number | boolean>): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** The values of a cursor, each of which the caller has to check; none for text that is no cursor. */
export function readCursor(text: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (typeof read === "object" && read !== null) return read as Record<string, unknown>;
  } catch {
    // Falls through to the one answer for anything that is not ours.
  }
  return {};
}

export function foreignCursor(): AppError {
  return new AppError("validation_failed", "cursor is not one of this list");
}

/** The key of a list that is ordered by time and id. */
export interface MomentKey {
  at: string;
  id: string;
}

export function readMomentCursor(text: string): MomentKey {
  const { at, id } = readCursor(text);
  if (typeof at !== "string" || typeof id !== "string") throw foreignCursor();
  return { at, id };
}
