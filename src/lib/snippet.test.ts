import { LIMITS } from "@clickclack/protocol";
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseSearch } from "./search-query.ts";
import { createSnippets } from "./snippet.ts";

function show(body: string, query: string): { snippet: string; marked: string[] } {
  const { snippet, highlights } = createSnippets(parseSearch(query, 0).terms)(body);
  const points = [...snippet];
  return { snippet, marked: highlights.map(({ start, end }) => points.slice(start, end).join("")) };
}

describe("highlights", () => {
  test.each([
    ["hello @pinch, ship it now", "ship", ["ship"]],
    ["🎉🎉 ship 👩‍🚀 it", "ship it", ["ship", "it"]],
    ["ein Café, das cafe\u0301!", "CAFE", ["Café", "cafe\u0301"]],
    ["deployment deploy", "deplo", ["deployment", "deploy"]],
    ["deployment deploy", "deploy ", ["deploy"]],
    ["今天部署服务器", "部署", ["部署"]],
    ["部and署", "部署", []],
    ["ประชุมวันนี้", "วัน", ["วัน"]],
    ["한국어를 배워요", "국어", ["국어"]],
    ["done 👍🏽 well", "👍", ["👍🏽"]],
    ["flag 🇩🇪 up", "🇩🇪", ["🇩🇪"]],
    ["Straße", "strasse", ["Straße"]],
    ["read the, release notes", '"the release"', ["the, release"]],
    ["a a a", '"a a"', ["a a a"]],
    ["foo_bar-baz", "foo_bar ", ["foo_bar"]],
  ])("%s ⟵ %s", (body, query, marked) => {
    expect(show(body, query).marked).toEqual(marked);
  });
});

describe("the snippet", () => {
  test("of a short text is the text, on one line", () => {
    expect(show("first\nsecond", "second").snippet).toBe("first second");
  });

  test("of a long text is what stands around the first word found", () => {
    const words = Array.from({ length: 200 }, (_, n) => `word${n}`);
    const { snippet, marked } = show(words.join(" "), "word100 ");
    expect(snippet.startsWith("…word92 ")).toBe(true);
    expect(snippet.endsWith(" word123…")).toBe(true);
    expect(marked).toEqual(["word100"]);
  });

  test("at the end of a text is as long as anywhere", () => {
    const words = Array.from({ length: 200 }, (_, n) => `word${n}`);
    const { snippet } = show(words.join(" "), "word199 ");
    expect(snippet.split(" ")).toHaveLength(LIMITS.search_snippet_words);
    expect(snippet.startsWith("…")).toBe(true);
  });

  test("of one endless word is a piece of it", () => {
    const { snippet } = show("🎉".repeat(3) + "x".repeat(60_000), "xxx");
    expect([...snippet].length).toBeLessThanOrEqual(LIMITS.search_snippet_chars + 2);
  });

  test("marks only what is inside it, in order, whatever the text and the search", () => {
    const text = fc.array(fc.constantFrom("the", "café", "部署", "🎉", "👩‍🚀", "e\u0301", "น้ำ", "deploy", "\n", "-"), {
      maxLength: 120,
    });
    fc.assert(
      fc.property(text, fc.constantFrom("the", "cafe", "部", "🎉", "é", "dep", '"the deploy"'), (words, query) => {
        const body = words.join(" ");
        const { snippet, highlights } = createSnippets(parseSearch(query, 0).terms)(body);
        const size = [...snippet].length;
        let last = 0;
        for (const { start, end } of highlights) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(size);
        expect(snippet.isWellFormed()).toBe(true);
        expect(body.replace(/\s/g, " ")).toContain(snippet.replaceAll("…", ""));
      }),
    );
  });
});
