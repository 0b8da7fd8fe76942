import { AppError } from "../../lib/errors.ts";
import { sha256 } from "../../lib/hash.ts";
import { readCursor, writeCursor } from "../../lib/page-cursor.ts";

/** Where the next page begins. Bound to who asked what, so that it means nothing anywhere else. */
export type Position =
  | { sort: "newest"; prefix: boolean; below: number }
  /** The hits ranked together lie from `above` to before `below`; those up to this score and number were shown. */
  | { sort: "relevance"; prefix: boolean; below: number; above: number; score: number; doc_id: number }
  /** All hits ranked so far were shown: the next ones lie before `below`. */
  | { sort: "relevance"; prefix: boolean; below: number };

/** What a cursor is bound to: the same question by the same reader. */
export function questionKey(parts: readonly (string | boolean | undefined)[]): string {
  return sha256(JSON.stringify(parts.map((part) => part ?? null))).slice(0, 16);
}

export function writePosition(key: string, position: Position): string {
  return writeCursor({ v: 1, key, ...position });
}

export function readPosition(key: string, sort: "newest" | "relevance", text: string): Position {
  const read = readCursor(text);
  const numbers = [read["below"], read["above"] ?? 0, read["doc_id"] ?? 0];
  const good =
    read["v"] === 1 &&
    read["key"] === key &&
    read["sort"] === sort &&
    typeof read["prefix"] === "boolean" &&
    numbers.every((one) => Number.isSafeInteger(one)) &&
    Number.isFinite(read["score"] ?? 0);
  if (!good) throw new AppError("validation_failed", "cursor is not one of this search");
  return read as unknown as Position;
}
