import { AppError, invalid } from "../lib/errors.ts";
import type { Window } from "../lib/window.ts";

/** A page limit: out of range falls back to the default, as clients of the original expect. */
export function pageLimit(text: string | undefined, fallback: number, max: number): number {
  if (text === undefined) return fallback;
  if (!/^-?\d{1,15}$/.test(text)) throw invalid("limit", "limit must be a whole number");
  const limit = Number(text);
  return limit >= 1 && limit <= max ? limit : fallback;
}

interface Cursors {
  before_seq?: string | undefined;
  after_seq?: string | undefined;
  around_seq?: string | undefined;
  mode?: "latest" | undefined;
}

/** The window a request names: one cursor at most, or none for the default. */
export function pageWindow(query: Cursors, fallback: Window): Window {
  const given = (["before_seq", "after_seq", "around_seq"] as const).filter((name) => query[name] !== undefined);
  const [name] = given;
  if (given.length > 1 || (name && query.mode)) {
    throw new AppError("validation_failed", "before_seq, after_seq, around_seq and mode are mutually exclusive");
  }
  if (!name) return query.mode ? { mode: query.mode } : fallback;
  const text = query[name] ?? "";
  if (!/^\d{1,15}$/.test(text)) throw invalid(name, `${name} must be a whole number of 0 or more`);
  const mode = name === "before_seq" ? "before" : name === "after_seq" ? "after" : "around";
  return { mode, seq: Number(text) };
}
