import type { Json } from "./stage.ts";

const ID = /^(usr|wsp|chn|msg|dm|evt|cur|ses|mln|inv|upl|pin|eph|btok|req)_/;
const ULID = /^[0-9a-hjkmnp-tv-z]{26}$/;
const ROUTE_ID = /^[TCDM][0-9A-HJKMNP-TV-Z]{16}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/**
 * Holds an answer against a recorded one of the original: every recorded name is there with the same
 * JSON type, ids and times have the recorded form, and nothing anywhere is `null`. What we add is
 * welcome. Answers what is wrong, empty when nothing is.
 */
export function differences(actual: Json, recorded: Json, path = "$"): string[] {
  const found: string[] = [];
  if (path === "$") nulls(actual, path, found);
  compare(actual, recorded, path, found);
  return found;
}

function compare(actual: Json, recorded: Json, path: string, found: string[]): void {
  if (typeOf(actual) !== typeOf(recorded)) {
    found.push(`${path} is ${typeOf(actual)}, not ${typeOf(recorded)}`);
  } else if (typeof recorded === "string") {
    compareText(actual, recorded, path, found);
  } else if (Array.isArray(recorded)) {
    // One recorded entry stands for all; our lists may be longer.
    for (const [n, entry] of (actual as Json[]).entries())
      if (recorded.length > 0) compare(entry, recorded[Math.min(n, recorded.length - 1)], `${path}[${n}]`, found);
    if (recorded.length > 0 && actual.length === 0) found.push(`${path} is empty`);
  } else if (typeof recorded === "object") {
    for (const [name, value] of Object.entries(recorded)) {
      if (name in actual) compare(actual[name], value, `${path}.${name}`, found);
      else found.push(`${path}.${name} is missing`);
    }
  }
}

function compareText(actual: string, recorded: string, path: string, found: string[]): void {
  const prefix = ID.exec(recorded)?.[0];
  if (prefix && !(actual.startsWith(prefix) && ULID.test(actual.slice(prefix.length))))
    found.push(`${path} is no ${prefix} id: ${actual}`);
  if (ROUTE_ID.test(recorded) && !(ROUTE_ID.test(actual) && actual[0] === recorded[0]))
    found.push(`${path} is no route id: ${actual}`);
  if (TIME.test(recorded) && !TIME.test(actual)) found.push(`${path} is no time: ${actual}`);
  // An avatar may be a picture or none; everything else that was empty says something.
  if (recorded === "" && actual !== "" && !path.endsWith("avatar_url")) found.push(`${path} is not empty: ${actual}`);
}

function nulls(value: Json, path: string, found: string[]): void {
  if (value === null) found.push(`${path} is null`);
  else if (typeof value === "object")
    for (const [name, inner] of Object.entries(value)) nulls(inner, `${path}.${name}`, found);
}

function typeOf(value: Json): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}
