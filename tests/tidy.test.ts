/** Structure is a test, not a hope. The rules are in docs/architecture.md and tests/tidy/. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { OFFENDERS } from "./tidy/offenders.ts";
import { readRepo, repoOf } from "./tidy/repo.ts";
import { rules } from "./tidy/rules.ts";

/** Too long, with their present length. The list may only shrink. */
const LONG_FILES = {};

const RULES = rules(LONG_FILES);

describe("the repository keeps its rules", () => {
  const repo = readRepo(join(import.meta.dir, ".."));
  for (const [name, rule] of Object.entries(RULES)) test(name, () => expect(rule(repo)).toEqual([]));

  test("there is something to look at", () => {
    expect(repo.files.length).toBeGreaterThan(100);
    expect(repo.has("src/main.ts")).toBe(true);
  });
});

describe("each rule can fail", () => {
  for (const [name, rule] of Object.entries(RULES)) {
    test(name, () => {
      const offenders = OFFENDERS[name] ?? [];
      expect(offenders.length).toBeGreaterThan(0);
      for (const { files, says, mended } of offenders) {
        expect(rule(repoOf(files)).join("\n")).toContain(says);
        expect(rule(repoOf(mended))).toEqual([]);
      }
    });
  }

  test("the allow-list may only shrink", () => {
    const long = (count: number) => repoOf({ "src/lib/a.ts": "let a = 1;\n".repeat(count) });
    const rule = rules({ "src/lib/a.ts": 320 })["files are short"];
    expect(rule?.(long(320))).toEqual([]);
    expect(rule?.(long(321)).join()).toContain("at most 320");
    expect(rule?.(long(300)).join()).toContain("take it off the allow-list");
    expect(rule?.(repoOf({})).join()).toContain("is gone");
  });
});
