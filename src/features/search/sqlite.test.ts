import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseSearch } from "../../lib/search-query.ts";
import { scopeWords } from "../../lib/search-scope.ts";
import { segmentText } from "../../lib/segment.ts";
import { matchExpression } from "./sqlite.ts";

const db = new Database(":memory:");
db.run(
  "CREATE VIRTUAL TABLE search USING fts5 (body, scope, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2')",
);
afterAll(() => db.close());

const here = { kind: "public", workspace_id: "wsp_a", conversation_id: "chn_a", author_id: "usr_a" } as const;
const add = db.query("INSERT INTO search (rowid, body, scope) VALUES (?, ?, ?)");
add.run(
  1,
  segmentText("ship the release NOT today"),
  scopeWords(here, [{ filename: "Plan v2.pdf", content_type: "x" }]),
);
add.run(2, segmentText("secret elsewhere"), scopeWords({ ...here, workspace_id: "wsp_b" }));

/** The rows a search in one workspace finds, whatever was typed. */
function find(text: string): number[] {
  const { terms, excluded } = parseSearch(text, 0);
  const match = matchExpression({ groups: [["wspa"]], without: [], link: false, terms, excluded });
  return db
    .query<{ rowid: number }, [string]>("SELECT rowid FROM search WHERE search MATCH ?")
    .all(match)
    .map((row) => row.rowid);
}

describe("what somebody typed", () => {
  test("finds by words", () => {
    expect(find("ship")).toEqual([1]);
    expect(find("ship relea")).toEqual([1]);
    expect(find("ship -today")).toEqual([]);
    expect(find("-tomorrow")).toEqual([1]);
  });

  test.each([
    'scope:wspb secret OR "secret"',
    "body : secret",
    'x" OR scope : "wspb',
    "secret) OR (secret",
    "* OR secret",
    "ship NEAR(secret, 5)",
    "secret AND NOT ship",
    "^secret + secret",
    "{body scope}: secret",
  ])("never reaches beyond the workspace: %s", (text) => {
    expect(find(text)).not.toContain(2);
  });

  test("is never an operator of the index", () => {
    expect(find("ship NOT today")).toEqual([1]);
    expect(find("ship OR zebra ")).toEqual([]);
  });

  test("is never a syntax error", () => {
    const nasty = fc.constantFrom(
      '"',
      "'",
      "(",
      ")",
      "*",
      ":",
      "-",
      "^",
      "NEAR(",
      "AND",
      "OR",
      "NOT",
      "\0",
      "{a b}:",
      "部",
      "🎉",
      "न्",
      "ab",
      " ",
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.array(nasty, { maxLength: 60 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(find(text)).not.toContain(2);
      }),
      { numRuns: 500 },
    );
    expect(find('a:"b" '.repeat(500))).toEqual([]);
  });

  test("names of files are found by their words", () => {
    const files = (text: string) => {
      const { terms } = parseSearch(text, 0);
      const match = matchExpression({
        groups: [["wspa"]],
        without: [],
        link: false,
        files: terms,
        terms: [],
        excluded: [],
      });
      return db.query("SELECT rowid FROM search WHERE search MATCH ?").all(match).length;
    };
    expect([files("plan"), files("pla"), files("v2 pdf"), files("ship"), files("usra")]).toEqual([1, 1, 1, 0, 0]);
  });
});
