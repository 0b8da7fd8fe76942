/**
 * The shadow text that full-text search indexes. The tokenizer of the index finds words by spaces
 * and knows letters and digits only, so everything else is brought into that shape here, and a query
 * goes the same way:
 * - scripts that write no spaces (Han, Kana, Hangul, Thai, Lao, Khmer, Burmese) get one around each
 *   character, and so match from one character up;
 * - diacritics, letter case and compatibility forms fold (`É`, `ﬁ`, `ß` are found as `e`, `fi`, `ss`);
 * - the vowel signs of Indic scripts, which the tokenizer would drop, become private letters;
 * - an emoji becomes a word of its own, without its skin tone.
 */
export function segmentText(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text;
  return fold(text).replace(SPECIAL, segment);
}

/** Text without what a search does not tell apart: letter case, diacritics, compatibility forms. */
export function foldText(text: string): string {
  return BEYOND_ASCII.test(text) ? fold(text) : text.toLowerCase();
}

/** A word of a text: as the index has it, and where it stands (UTF-16 offsets, the end exclusive). */
export interface Word {
  text: string;
  start: number;
  end: number;
}

/** The words of a text in order, exactly as the index has them, and so a piece at a time. */
export function* wordsOf(text: string): Generator<Word> {
  if (!BEYOND_ASCII.test(text)) {
    yield* asciiWords(text.toLowerCase());
    return;
  }
  for (const run of text.matchAll(RUN)) {
    const [chars] = run;
    if (!BEYOND_ASCII.test(chars)) {
      yield { text: chars.toLowerCase(), start: run.index, end: run.index + chars.length };
      continue;
    }
    for (const piece of chars.matchAll(PIECE)) {
      const start = run.index + piece.index;
      const end = start + piece[0].length;
      for (const word of indexWords(piece[0])) yield { text: word, start, end };
    }
  }
}

/** The words of a text as the index has them, without their places. */
export function indexWords(text: string): string[] {
  return segmentText(text).toLowerCase().match(TOKEN) ?? [];
}

/** Most texts; four times as fast as a regular expression. */
function* asciiWords(text: string): Generator<Word> {
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    const unit = text.charCodeAt(at);
    const inside = (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57);
    if (inside && start < 0) start = at;
    if (inside || start < 0) continue;
    yield { text: text.slice(start, at), start, end: at };
    start = -1;
  }
}

const BEYOND_ASCII = /[^\0-\x7f]/;
const UNSPACED =
  "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々〆]";
/** Marks of Indic and South-East Asian scripts spell vowels; everywhere else a mark is a diacritic. */
const VOWEL_SIGNS = "[\\p{M}&&[\\u0900-\\u1cff]]";
const SKIN_TONES = "[\\u{1f3fb}-\\u{1f3ff}]";
const FLAG = "\\p{RI}\\p{RI}";
const INVISIBLE = "\\u00ad\\u200c\\u200d\\u2060\\ufeff";
/** Without the few that fold into letters and marks, as ™ does. */
const PICTURE = "[\\p{Extended_Pictographic}--[\\u203c\\u2049\\u2122\\u2139\\u24c2]]";
const SPECIAL = new RegExp(`${FLAG}|${SKIN_TONES}|${PICTURE}|${UNSPACED}|${VOWEL_SIGNS}`, "gv");
const FOLDED_AWAY = new RegExp(`[[\\p{M}--[\\u0900-\\u1cff\\u3099\\u309a]]${INVISIBLE}]`, "gv");
const TOKEN = /[\p{L}\p{N}\p{Co}]+/gu;
const RUN = new RegExp(
  `[\\p{L}\\p{N}\\p{Co}\\p{M}\\p{So}\\p{Extended_Pictographic}\\p{RI}${SKIN_TONES}${INVISIBLE}]+`,
  "gv",
);
const EMOJI = `${PICTURE}[${SKIN_TONES}\\ufe0f]*`;
const PIECE = new RegExp(
  `${FLAG}|${EMOJI}|[\\u1100-\\u11ff]+|${UNSPACED}[\\u3099\\u309a\\uff9e\\uff9f]*|(?:(?!${FLAG}|${PICTURE}|${UNSPACED}).)+`,
  "gvs",
);
const PRIVATE_LETTERS = 0xe000;
/** Begins the word of an emoji: a letter that nobody types. */
const EMOJI_MARK = "\uf8f0";

function fold(text: string): string {
  const bare = text.normalize("NFKD").replace(FOLDED_AWAY, "");
  return bare.toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

function segment(found: string): string {
  const code = found.codePointAt(0) ?? 0;
  if (code >= 0x0900 && code <= 0x1cff) {
    const letter = IS_MARK.test(found) ? String.fromCharCode(PRIVATE_LETTERS + code - 0x0900) : found;
    return IS_UNSPACED.test(found) ? ` ${letter} ` : letter;
  }
  if (IS_UNSPACED.test(found)) return ` ${found} `;
  if (code >= 0x1f3fb && code <= 0x1f3ff) return "";
  return ` ${EMOJI_MARK}${[...found].map((one) => one.codePointAt(0)?.toString(16)).join("")} `;
}

const IS_MARK = /\p{M}/u;
const IS_UNSPACED = new RegExp(UNSPACED, "v");
