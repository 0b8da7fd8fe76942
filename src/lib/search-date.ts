/** Times as people write them into a search. Days are those of UTC, as stored times are. */
import { timestamp } from "./clock.ts";

/** From `start` to before `end`, as stored. */
export interface Span {
  start: string;
  end: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** `2026`, `2026-05`, `2026-05-08`, `today`, `yesterday`, `7d` or `2w` (that long ago), or an RFC 3339 moment. */
export function readDay(text: string, now_ms: number): Span | undefined {
  const word = text.toLowerCase();
  if (word === "today") return dayOf(now_ms);
  if (word === "yesterday") return dayOf(now_ms - DAY_MS);
  const ago = /^(\d{1,4})([dw])$/.exec(word);
  if (ago) return dayOf(now_ms - Number(ago[1]) * (ago[2] === "w" ? 7 : 1) * DAY_MS);
  const date = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(word);
  if (date) return calendarSpan(Number(date[1]), numberOf(date[2]), numberOf(date[3]));
  if (!/^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(z|[+-]\d{2}:\d{2})$/.test(word)) return undefined;
  const at_ms = Date.parse(text.toUpperCase());
  return inRange(at_ms) ? { start: timestamp(at_ms), end: timestamp(at_ms + 1) } : undefined;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function dayOf(ms: number): Span {
  const start_ms = Math.floor(ms / DAY_MS) * DAY_MS;
  return { start: timestamp(start_ms), end: timestamp(start_ms + DAY_MS) };
}

function calendarSpan(year: number, month: number | undefined, day: number | undefined): Span | undefined {
  const start_ms = Date.UTC(year, (month ?? 1) - 1, day ?? 1);
  const start = new Date(start_ms);
  // The calendar rolls 2026-02-31 over into March; what was written is then no date.
  if (start.getUTCMonth() !== (month ?? 1) - 1 || start.getUTCDate() !== (day ?? 1)) return undefined;
  const end_ms = day ? start_ms + DAY_MS : month ? Date.UTC(year, month, 1) : Date.UTC(year + 1, 0, 1);
  return inRange(start_ms) && inRange(end_ms) ? { start: timestamp(start_ms), end: timestamp(end_ms) } : undefined;
}

/** Years of four digits, which sort as text. */
function inRange(ms: number): boolean {
  return ms >= Date.UTC(1970, 0, 1) && ms < Date.UTC(9999, 11, 31);
}
