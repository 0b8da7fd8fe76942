import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { indexWords, segmentText, wordsOf } from "./segment.ts";

const db = new Database(":memory:");
db.run(
  "CREATE VIRTUAL TABLE shadow USING fts5 (body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2')",
);
db.run("CREATE VIRTUAL TABLE words USING fts5vocab (shadow, 'instance')");
afterAll(() => db.close());

/** What the index makes of a text. */
function indexed(text: string): string[] {
  db.run("DELETE FROM shadow WHERE rowid = 1");
  db.query("INSERT INTO shadow (rowid, body) VALUES (1, ?)").run(segmentText(text));
  return db
    .query<{ term: string }, []>("SELECT term FROM words ORDER BY offset")
    .all()
    .map((row) => row.term);
}

const SAMPLES: Record<string, string> = {
  "plain words": "Hello World_foo-bar 3.5 don't",
  diacritics: "café CAFÉ naïve Ångström e\u0301te\u0301",
  "compatibility forms": "ﬁn ² ½ Ⅷ ㈱ ｆｕｌｌ",
  "letters without a pair": "straße STRASSE ΟΔΟΣ οδός İstanbul ısı",
  Han: "漢字かなカタカナガｶﾞ部署测试𠀀𪚥",
  Hangul: "한국어 \u1112\u1161\u11ab",
  Thai: "กินน้ำ ประชุมวันนี้",
  Devanagari: "हिन्दी में किताब",
  Khmer: "ភាសាខ្មែរ",
  Arabic: "مُحَمَّد می‌روم",
  emoji: "👍🏽 party🎉time 👨‍👩‍👧 🇩🇪🇫🇷 ❤️😀😀 ☎",
};

describe("segmentText", () => {
  for (const [name, text] of Object.entries(SAMPLES)) {
    test(`gives the index the words that highlighting sees: ${name}`, () => {
      expect([...wordsOf(text)].map((word) => word.text)).toEqual(indexed(text));
      expect(indexWords(text)).toEqual(indexed(text));
    });
  }

  test("words are where they say they are", () => {
    const text = "ein café 🎉 漢字";
    expect([...wordsOf(text)].map(({ start, end }) => text.slice(start, end))).toEqual([
      "ein",
      "café",
      "🎉",
      "漢",
      "字",
    ]);
  });

  test("vowel signs tell Indic words apart, diacritics do not tell Latin ones apart", () => {
    expect(indexWords("काल")).not.toEqual(indexWords("कल"));
    expect(indexWords("résumé")).toEqual(indexWords("RESUME"));
  });

  test("a skin tone does not hide an emoji, and an emoji is no word of letters", () => {
    expect(indexWords("👍🏽")).toEqual(indexWords("👍"));
    expect(indexWords("🎉")[0]).not.toMatch(/^[a-z0-9]/);
  });

  test("any text: highlighting finds no word that the index has not, in the same order", () => {
    const piece = fc.constantFrom(
      ...Object.values(SAMPLES).flatMap((text) => text.split(/(?<=\s)/)),
      " ",
      "-",
      "\n",
      "x",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join(" ");
        expect([...wordsOf(text)].map((word) => word.text)).toEqual(indexed(text));
      }),
      { numRuns: 200 },
    );
  });
});
