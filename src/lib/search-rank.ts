/** How well a text answers a search whose every word it is known to hold. */
import type { Term } from "./search-query.ts";
import { foldText } from "./segment.ts";

/** As in BM25: a word more counts less each time, and more in a short text. */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;
const USUAL_CHARS = 120;
/** What it is worth that two words of the search stand side by side. */
const NEIGHBOURS = 0.5;

/**
 * Rarity of words is left out on purpose: every candidate holds all of them, and counting how many
 * messages hold one would cost more than the search itself.
 */
export function createScore(terms: readonly Term[]): (text: string) => number {
  const pairs = terms.slice(1).map((term, n) => `${terms[n]?.text} ${term.text}`);
  return (text) => {
    const folded = foldText(text);
    const norm = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * folded.length) / USUAL_CHARS);
    let score = 0;
    for (const term of terms) {
      // It is there, even where other signs stand between its words than were typed.
      const count = Math.max(1, occurrences(folded, term));
      score += (count * (SATURATION + 1)) / (count + norm);
    }
    for (const pair of pairs) if (folded.includes(pair)) score += NEIGHBOURS;
    return Math.round(score * 1e6) / 1e6;
  };
}

/** Beyond this many the score hardly moves. */
const MOST = 8;

function occurrences(text: string, { text: wanted, prefix }: Term): number {
  if (wanted === "") return 0;
  let count = 0;
  for (let at = text.indexOf(wanted); at >= 0 && count < MOST; at = text.indexOf(wanted, at + wanted.length)) {
    const begins = !isLatin(text, at - 1) || !isLatin(wanted, 0);
    const ends = prefix || !isLatin(text, at + wanted.length) || !isLatin(wanted, wanted.length - 1);
    if (begins && ends) count++;
  }
  return count;
}

/** Where one of these stands next to another, a word goes on. Other scripts need no such care to be counted. */
function isLatin(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57);
}
