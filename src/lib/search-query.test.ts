import { LIMITS } from "@clickclack/protocol";
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isEmpty, parseSearch } from "./search-query.ts";

const NOW = Date.parse("2026-05-08T12:00:00.000Z");
const parse = (text: string) => parseSearch(text, NOW);
const words = (text: string) => parse(text).terms.map((term) => term.words.join(" ") + (term.prefix ? "*" : ""));

describe("words", () => {
  test("the last one may go on, the others are whole", () => {
    expect(words("the deplo")).toEqual(["the", "deplo*"]);
    expect(words("the deploy ")).toEqual(["the", "deploy"]);
    expect(words("a")).toEqual(["a"]);
  });

  test("in quotes they stand in a row, whether or not the quote is closed", () => {
    expect(words('"ship it" now')).toEqual(["ship it", "now*"]);
    expect(words('now "ship it')).toEqual(["now", "ship it"]);
  });

  test("with a minus they must not be there", () => {
    const { terms, excluded } = parse('keep -drop -"this one"');
    expect(terms.map((term) => term.words)).toEqual([["keep"]]);
    expect(excluded.map((term) => term.words)).toEqual([["drop"], ["this", "one"]]);
    expect(words("up-to-date -")).toEqual(["up to date"]);
  });

  test("of scripts without spaces stand in a row, character by character", () => {
    expect(words("部署")).toEqual(["部 署"]);
    expect(parse("部").terms[0]?.prefix).toBe(false);
  });

  test("count once, and of very many the longest", () => {
    expect(words("again again")).toEqual(["again", "again*"]);
    const many = Array.from({ length: 100 }, (_, n) => `w${n}`).join(" ");
    expect(parse(many).terms).toHaveLength(LIMITS.search_terms);
  });
});

describe("operators", () => {
  test("from: and in: name people and places", () => {
    expect(parse("from:@Mia -from:me").from).toEqual([
      { name: "mia", sigil: "@", negated: false },
      { name: "me", sigil: "", negated: true },
    ]);
    expect(parse('in:#general in:@mia in:"release-notes"').in.map(({ sigil, name }) => sigil + name)).toEqual([
      "#general",
      "@mia",
      "release-notes",
    ]);
  });

  test("has: and is: ask for what a message has and is", () => {
    expect(parse("has:link -has:IMAGE is:pinned").has).toEqual([
      { name: "link", negated: false },
      { name: "image", negated: true },
    ]);
    expect(parse("is:thread -is:Saved").is).toEqual([
      { name: "thread", negated: false },
      { name: "saved", negated: true },
    ]);
  });

  test.each([
    ["on:2026-05-08", "2026-05-08T00:00:00.000Z", "2026-05-09T00:00:00.000Z"],
    ["after:2026-05-08", "2026-05-09T00:00:00.000Z", undefined],
    ["before:2026-05-08", undefined, "2026-05-08T00:00:00.000Z"],
    ["on:2026-02", "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"],
    ["on:2025", "2025-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"],
    ["on:today", "2026-05-08T00:00:00.000Z", "2026-05-09T00:00:00.000Z"],
    ["on:yesterday", "2026-05-07T00:00:00.000Z", "2026-05-08T00:00:00.000Z"],
    ["after:1w", "2026-05-02T00:00:00.000Z", undefined],
    ["before:2026-05-08T10:00:00+02:00", undefined, "2026-05-08T08:00:00.000Z"],
    ["after:2026-05-01 before:2026-05-05 after:2026-05-02", "2026-05-03T00:00:00.000Z", "2026-05-05T00:00:00.000Z"],
  ])("%s", (text, since, until) => {
    const query = parse(text);
    expect([query.since, query.until]).toEqual([since, until]);
    expect(query.terms).toEqual([]);
  });

  test("that mean nothing are words", () => {
    for (const text of ["foo:bar", "has:nothing", "is:read", "on:2026-02-30", "before:soon", "from:", "-before:2026"]) {
      const query = parse(`${text} `);
      expect([text, query.terms.length + query.excluded.length]).toEqual([text, 1]);
      expect([query.has, query.is, query.from, query.since, query.until]).toEqual([[], [], [], undefined, undefined]);
    }
  });

  test("in quotes are words", () => {
    expect(parse('"from:mia"').from).toEqual([]);
  });
});

describe("anything", () => {
  test("is read, and asks for at most so much", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
        const query = parse(text);
        expect(query.terms.length).toBeLessThanOrEqual(LIMITS.search_terms);
        expect(query.terms.filter((term) => term.prefix).length).toBeLessThanOrEqual(1);
        for (const term of [...query.terms, ...query.excluded]) expect(term.words.length).toBeGreaterThan(0);
      }),
    );
  });

  test("of signs only asks for nothing", () => {
    for (const text of ["", "  ", '- -- "" \'', "*", ":", "()"]) expect(isEmpty(parse(text))).toBe(true);
  });
});
