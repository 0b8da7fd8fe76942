import { LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { markSessionUsed, markTokenUsed } from "./queries.ts";

/** As much of a timestamp as names its minute, and its ten minutes. */
const MINUTE_CHARS = "2026-05-08T12:00".length;
const TEN_MINUTES_CHARS = "2026-05-08T12:0".length;

/** `stored` is when it was last used, as far as whoever looked it up knows. */
type Used = (id: string, at: string, stored?: string | null) => void;

/** Notes when a bot's token was last used. */
export const createTokenUse = (db: Database): Used => createUse(db, MINUTE_CHARS, markTokenUsed);

/** Notes when a session was last used. Less often: there are many more of them. */
export const createSessionUse = (db: Database): Used => createUse(db, TEN_MINUTES_CHARS, markSessionUsed);

/**
 * Once in a while at most, in a write that joins the next commit and that no request waits for. One that
 * fails is made up for by the next use.
 */
function createUse(db: Database, while_chars: number, mark: (tx: Tx, id: string, at: string) => Promise<void>): Used {
  const noted = new Map<string, string>();
  return (id, at, stored) => {
    const now = at.slice(0, while_chars);
    if (stored?.slice(0, while_chars) === now || noted.get(id) === now) return;
    // Re-inserting keeps the map in order of use, so the one forgotten is the one idle longest.
    noted.delete(id);
    noted.set(id, now);
    if (noted.size > LIMITS.rate_limit_keys) noted.delete(noted.keys().next().value ?? "");
    db.write((tx) => mark(tx, id, at)).catch(() => void noted.delete(id));
  };
}
