import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { markTokenUsed } from "./queries.ts";

/** As much of a timestamp as names its minute. */
const MINUTE_CHARS = "2026-05-08T12:00".length;

/**
 * Notes when a bot's token was last used: once in a minute at most, in a write that joins the next
 * commit and that no request waits for. One that fails is made up for by the next use.
 */
export function createTokenUse(db: Database): (token_id: string, at: string) => void {
  const noted = new Map<string, string>();
  return (token_id, at) => {
    const minute = at.slice(0, MINUTE_CHARS);
    if (noted.get(token_id) === minute) return;
    // Re-inserting keeps the map in order of use, so the one forgotten is the one idle longest.
    noted.delete(token_id);
    noted.set(token_id, minute);
    if (noted.size > LIMITS.rate_limit_keys) noted.delete(noted.keys().next().value ?? "");
    db.write((tx) => markTokenUsed(tx, token_id, at)).catch(() => void noted.delete(token_id));
  };
}
