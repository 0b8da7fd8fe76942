/** The part of a message in which a search found something, with what it found marked. */
import { LIMITS } from "@clickclack/protocol";
import type { Term } from "./search-query.ts";
import { type Word, wordsOf } from "./segment.ts";

export interface Snippet {
  snippet: string;
  /** Code points from the snippet's beginning, the end exclusive; in order, without overlap. */
  highlights: { start: number; end: number }[];
}

interface Range {
  start: number;
  end: number;
}

/** Words shown before the first one found. */
const LEAD = 8;

/** Makes the snippets of one search. Each text is read in one pass, and only as far as its snippet needs. */
export function createSnippets(terms: readonly Term[]): (body: string) => Snippet {
  const matcher = createMatcher(terms);
  return (body) => snippetOf(body, readUntilFound(body, matcher, terms.length > 0));
}

function snippetOf(body: string, { words, found, first_word, complete }: Read): Snippet {
  const size = LIMITS.search_snippet_words;
  const lead = Math.max(0, first_word - LEAD);
  const first = complete ? Math.max(0, Math.min(lead, words.length - size)) : lead;
  const last = first + size - 1;
  const start = first === 0 ? 0 : (words[first]?.start ?? 0);
  const end = complete && last >= words.length - 1 ? body.length : (words[last]?.end ?? body.length);
  const window = clip(body, { start, end }, found[0]);
  const inside = merge(found).flatMap((range) => {
    const part = { start: Math.max(range.start, window.start), end: Math.min(range.end, window.end) };
    return part.start < part.end ? [part] : [];
  });
  const before = window.start > 0 ? "…" : "";
  const after = window.end < body.length ? "…" : "";
  const text = body.slice(window.start, window.end).replace(/\s/g, " ");
  return { snippet: before + text + after, highlights: inCodePoints(body, window.start, inside, before.length) };
}

interface Read {
  words: Word[];
  found: Range[];
  first_word: number;
  /** The text was read to its end. */
  complete: boolean;
}

function readUntilFound(body: string, matchEnding: Matcher, searches: boolean): Read {
  const words: Word[] = [];
  const found: Range[] = [];
  let first_word = 0;
  for (const word of wordsOf(body)) {
    words.push(word);
    const length = matchEnding(words);
    if (length > 0) {
      const begin = words.length - length;
      if (found.length === 0) first_word = begin;
      found.push({ start: words[begin]?.start ?? word.start, end: word.end });
    }
    const enough = found.length > 0 ? first_word + LIMITS.search_snippet_words : Number.POSITIVE_INFINITY;
    const unmarked = !searches && words.length > LIMITS.search_snippet_words;
    if (words.length > enough || unmarked) return { words, found, first_word, complete: false };
  }
  return { words, found, first_word, complete: true };
}

/** How many of the last words are one of the terms; 0 when none is. */
type Matcher = (words: readonly Word[]) => number;

function createMatcher(terms: readonly Term[]): Matcher {
  const endings = new Map<string, string[][]>();
  const open: Term[] = terms.filter((term) => term.prefix);
  for (const { words, prefix } of terms) {
    const last = words.at(-1) ?? "";
    if (!prefix) endings.set(last, [...(endings.get(last) ?? []), words]);
  }
  return (words) => {
    const last = words[words.length - 1]?.text ?? "";
    let longest = 0;
    for (const wanted of endings.get(last) ?? []) if (stands(words, wanted)) longest = Math.max(longest, wanted.length);
    for (const { words: wanted } of open) {
      const begins = last.startsWith(wanted[wanted.length - 1] ?? "");
      if (begins && stands(words, wanted)) longest = Math.max(longest, wanted.length);
    }
    return longest;
  };
}

/** Whether all but the last of the words wanted stand in a row before the last word there is. */
function stands(words: readonly Word[], wanted: readonly string[]): boolean {
  const from = words.length - wanted.length;
  for (let n = 0; n < wanted.length - 1; n++) if (words[from + n]?.text !== wanted[n]) return false;
  return from >= 0;
}

/** A word may be as long as a message; then the snippet is a piece of it. */
function clip(body: string, window: Range, found: Range | undefined): Range {
  const max = LIMITS.search_snippet_chars;
  if (window.end - window.start <= max) return window;
  const wanted = Math.max(window.start, (found?.start ?? window.start) - max / 4);
  const start = isInsidePair(body, wanted) ? wanted + 1 : wanted;
  const end = Math.min(window.end, start + max);
  return { start, end: isInsidePair(body, end) ? end - 1 : end };
}

function isInsidePair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return at > 0 && unit >= 0xdc00 && unit <= 0xdfff;
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && range.start < last.end) last.end = Math.max(last.end, range.end);
    else merged.push({ ...range });
  }
  return merged;
}

function inCodePoints(body: string, from: number, ranges: readonly Range[], shift: number): Range[] {
  let at = from;
  let count = shift;
  const advance = (to: number): number => {
    for (; at < to; at++) if (!isInsidePair(body, at)) count++;
    return count;
  };
  return ranges.map(({ start, end }) => ({ start: advance(start), end: advance(end) }));
}
