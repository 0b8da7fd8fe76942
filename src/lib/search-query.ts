/**
 * Reads what somebody typed into a search: words, `"a phrase"`, `-without`, and operators. It is pure and
 * linear, and anything at all is a search: what is no operator is a word.
 */
import { LIMITS } from "@clickclack/protocol";
import { readDay, type Span } from "./search-date.ts";
import { foldText, indexWords } from "./segment.ts";

/** A word, or several that stand in a row; each as the index has it. */
export interface Term {
  words: string[];
  /** As it was typed, folded. */
  text: string;
  /** Typed last, and so perhaps not finished: the last word may go on. */
  prefix: boolean;
}

/** A person or a place by the name given, without `@` or `#`. */
export interface Named {
  name: string;
  sigil: "@" | "#" | "";
  negated: boolean;
}

export interface Asked<Name extends string> {
  name: Name;
  negated: boolean;
}

export interface SearchQuery {
  terms: Term[];
  excluded: Term[];
  from: Named[];
  in: Named[];
  has: Asked<"link" | "file" | "image">[];
  is: Asked<"thread" | "saved" | "pinned">[];
  /** Written at this moment or later, as stored. */
  since?: string;
  /** Written before this moment. */
  until?: string;
}

export function parseSearch(text: string, now_ms: number): SearchQuery {
  const query: SearchQuery = { terms: [], excluded: [], from: [], in: [], has: [], is: [] };
  for (const part of text.matchAll(PART)) {
    const [whole, minus, name, value = ""] = part;
    if (name !== undefined && readOperator(query, name.toLowerCase(), unquoted(value), minus !== "", now_ms)) continue;
    const isLast = part.index + whole.length === text.length;
    addTerm(query, whole.slice(minus?.length), minus !== "", isLast);
  }
  query.terms = atMost(query.terms);
  query.excluded = atMost(query.excluded);
  return query;
}

/** True for a search that asks for nothing, and so finds nothing. */
export function isEmpty(query: SearchQuery): boolean {
  const filters = query.excluded.length + query.from.length + query.in.length + query.has.length + query.is.length;
  return query.terms.length + filters === 0 && query.since === undefined && query.until === undefined;
}

/** A minus, then `name:value`, a phrase, or a word; each alternative takes at least one character. */
const PART = /(-?)(?:([A-Za-z]+):("[^"]*"?|[^\s"]+)|"[^"]*"?|[^\s"]+)/g;

function unquoted(value: string): string {
  return value.replaceAll('"', "").trim();
}

function readOperator(query: SearchQuery, name: string, value: string, negated: boolean, now_ms: number): boolean {
  switch (name) {
    case "from":
    case "in":
      return addNamed(query[name], value, negated);
    case "has":
      return add(query.has, ["link", "file", "image"] as const, value, negated);
    case "is":
      return add(query.is, ["thread", "saved", "pinned"] as const, value, negated);
    case "before":
    case "after":
    case "on":
      return !negated && addDay(query, name, readDay(value, now_ms));
    default:
      return false;
  }
}

function addNamed(list: Named[], value: string, negated: boolean): boolean {
  const sigil = value.startsWith("@") ? "@" : value.startsWith("#") ? "#" : "";
  const name = value.slice(sigil.length).toLowerCase();
  if (name === "") return false;
  list.push({ name, sigil, negated });
  return true;
}

function add<Name extends string>(
  list: Asked<Name>[],
  names: readonly Name[],
  value: string,
  negated: boolean,
): boolean {
  const name = names.find((one) => one === value.toLowerCase());
  if (name === undefined) return false;
  list.push({ name, negated });
  return true;
}

function addDay(query: SearchQuery, name: "before" | "after" | "on", day: Span | undefined): boolean {
  if (!day) return false;
  // A whole day, month or year: `after` begins behind it, `before` ends in front of it.
  const since = name === "after" ? day.end : name === "on" ? day.start : undefined;
  const until = name === "before" ? day.start : name === "on" ? day.end : undefined;
  if (since !== undefined && !(query.since !== undefined && query.since > since)) query.since = since;
  if (until !== undefined && !(query.until !== undefined && query.until < until)) query.until = until;
  return true;
}

function addTerm(query: SearchQuery, text: string, negated: boolean, isLast: boolean): void {
  const words = indexWords(text);
  if (words.length === 0) return;
  const prefix = isLast && !negated && !text.startsWith('"') && canGoOn(words.at(-1) ?? "");
  (negated ? query.excluded : query.terms).push({
    words,
    text: foldText(text.replaceAll('"', "")).trim(),
    prefix,
  });
}

/** A word of two letters and more, neither an emoji nor a character of a script without spaces. */
function canGoOn(word: string): boolean {
  return word.length > 1 && [...word].length > 1 && /^[\p{L}\p{N}]/u.test(word);
}

/** Each once, and of very many the longest: a word more narrows nothing down that thirty do not. */
function atMost(terms: Term[]): Term[] {
  const different = new Map(terms.map((term) => [`${term.words.join(" ")}${term.prefix ? "*" : ""}`, term]));
  const all = [...different.values()];
  if (all.length <= LIMITS.search_terms) return all;
  const length = (term: Term) => term.words.reduce((sum, word) => sum + word.length, 0);
  return all.toSorted((a, b) => length(b) - length(a)).slice(0, LIMITS.search_terms);
}
