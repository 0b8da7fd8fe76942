/** What takes no room, or turns the text around it: names that look the same would differ by it. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

const EMOJI = "\\p{Extended_Pictographic}[\\u{1F3FB}-\\u{1F3FF}]?\\uFE0F?";
/** Scripts whose letters join their neighbours, unless they are told otherwise. */
const JOINING = [
  ...["Arabic", "Syriac", "Nko", "Mongolian", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil"],
  ...["Telugu", "Kannada", "Malayalam", "Sinhala", "Khmer", "Myanmar"],
]
  .map((script) => `\\p{Script=${script}}`)
  .join("");

/** Where such characters are seen: in flags, emoji, keys, words of those scripts, variants of Han characters. */
const SEEN = new RegExp(
  [
    "\\u{1F3F4}[\\u{E0020}-\\u{E007E}]{1,6}\\u{E007F}",
    `${EMOJI}(\\u200D${EMOJI})*`,
    "[\\d#*]\\uFE0F\\u20E3",
    `(?<=[${JOINING}]\\p{M}*)[\\u200C\\u200D](?=[${JOINING}])`,
    "\\p{Script=Han}[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]",
  ].join("|"),
  "gu",
);

/** Whether a name holds characters that nobody sees. */
export function hidesSomething(name: string): boolean {
  return INVISIBLE.test(name) && INVISIBLE.test(name.replace(SEEN, "x"));
}
