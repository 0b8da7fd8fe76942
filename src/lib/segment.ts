/**
 * The shadow text that full-text search indexes. The tokenizer finds words by spaces, so scripts
 * that write none (Han, Kana, Hangul, Thai, Lao, Khmer, Burmese) get one around each character;
 * a query does the same, and so matches from one character up.
 */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々〆]/gu;
const NEEDS_SEGMENTS =
  /[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\ud840-\ud8ff]/;

export function segmentText(text: string): string {
  const normal = text.normalize("NFKC");
  return NEEDS_SEGMENTS.test(normal) ? normal.replace(UNSPACED, " $& ") : normal;
}
