/**
 * Message texts of exactly 200 bytes in plain words, so the search index does realistic work.
 * Every text begins with one marker word: a search for it finds each message of a run.
 */
export const MARKER = "bench";
export const BODY_BYTES = 200;

const SYLLABLES = ["ka", "lo", "mi", "ne", "ru", "sa", "to", "ve", "du", "ri", "po", "ga", "be", "shi", "fa", "wen"];

/** Texts repeat after `count`; no message is so long or so rare that it would matter. */
export function makeBodies(count: number, seed = 1): string[] {
  const random = createRandom(seed);
  const words = Array.from({ length: 4000 }, () => {
    const length = 1 + Math.floor(random() * 3);
    return Array.from({ length }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join("");
  });
  return Array.from({ length: count }, () => {
    let text = MARKER;
    // Squaring the random number makes some words common and most rare, as in any language.
    while (text.length < BODY_BYTES) text += ` ${words[Math.floor(random() ** 2 * words.length)]}`;
    return text.slice(0, BODY_BYTES).replace(/ $/, "a");
  });
}

/** A small repeatable generator (mulberry32), so each round and each target gets the same texts. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
