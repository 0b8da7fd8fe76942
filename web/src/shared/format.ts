import { words } from "./words.ts";

/** Dates and numbers in the reader's own way. Formatters are made once: making one costs far more than using it. */

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const weekdayTime = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });
const dateTime = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayYear = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const number = new Intl.NumberFormat();

const DAY_MS = 24 * 60 * 60 * 1000;

export function clock(iso: string): string {
  return time.format(new Date(iso));
}

/** Time alone today, with the weekday this week, with the date before that. */
export function when(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (dayKey(at) === dayKey(now)) return time.format(at);
  return now.getTime() - at.getTime() < 6 * DAY_MS ? weekdayTime.format(at) : dateTime.format(at);
}

export function fullTime(iso: string): string {
  return full.format(new Date(iso));
}

export function dayLabel(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (dayKey(at) === dayKey(now)) return words.timeline.today;
  if (dayKey(at) === dayKey(new Date(now.getTime() - DAY_MS))) return words.timeline.yesterday;
  return (at.getFullYear() === now.getFullYear() ? day : dayYear).format(at);
}

export function longDate(iso: string): string {
  return date.format(new Date(iso));
}

/** The reader's calendar day, to tell whether two moments share one. */
export function dayKey(at: Date): string {
  return `${at.getFullYear()}-${at.getMonth()}-${at.getDate()}`;
}

export function count(value: number): string {
  return number.format(value);
}

const bytes = ["byte", "kilobyte", "megabyte"].map(
  (unit) => new Intl.NumberFormat(undefined, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }),
);

/** A file's size as people say it, in thousands. */
export function fileSize(byte_size: number): string {
  const step = byte_size < 1000 ? 0 : byte_size < 1_000_000 ? 1 : 2;
  return bytes[step]?.format(byte_size / 1000 ** step) ?? "";
}

export function initials(name: string): string {
  const parts = name.trim().split(/\s+/u);
  const first = [...(parts[0] ?? "")][0] ?? "?";
  const last = parts.length > 1 ? ([...(parts.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toLocaleUpperCase();
}

/** One of the six avatar colours, always the same for the same id. */
export function hue(id: string): string {
  let hash = 0x811c9dc5;
  for (const char of id) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return `hue-${((hash >>> 8) % 6) + 1}`;
}
