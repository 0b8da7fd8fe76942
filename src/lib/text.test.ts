import { describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { emailSpellings } from "./email.ts";
import { requireEmail, requireHandle, requireName } from "./text.ts";

describe("addresses", () => {
  test.each([
    ["mia@example.com", "mia@example.com"],
    [" Mia@Example.COM ", "mia@example.com"],
    ["mia@example.com.", "mia@example.com"],
    ["mia@example.com...", "mia@example.com"],
    ["ｍｉａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "mia@example.com"],
    ["\u212Aim@example.com", "kim@example.com"],
    ["mia@exämple.de", "xn--exmple-cua.de"],
    ["mia@EXÄMPLE.de", "xn--exmple-cua.de"],
    ["mia@exa\u0308mple.de", "xn--exmple-cua.de"],
    // A Cyrillic letter makes another domain, and it shows.
    ["mia@ex\u0430mple.com", "xn--exmple-4nf.com"],
    ["first.last+chat@mail.example.co.uk", "first.last+chat@mail.example.co.uk"],
    ["local@localhost", "local@localhost"],
  ])("%s is stored as one spelling", (typed, stored) => {
    expect(requireEmail(typed)).toBe(stored.includes("@") ? stored : `mia@${stored}`);
  });

  test.each([
    ["no at", "mia.example.com"],
    ["two", "mia@b@example.com"],
    ["no name", "@example.com"],
    ["no domain", "mia@"],
    ["only dots", "mia@..."],
    ["an empty label", "mia@example..com"],
    ["a trailing dot in the name", "mia.@example.com"],
    ["a Cyrillic letter in the name", "mi\u0430@example.com"],
    ["something invisible", "mi\u200Ba@example.com"],
    ["a line", "mia@example.com\nBcc: all@example.com"],
    ["a second one", "mia@example.com, jun@example.com"],
    ["a name beside it", "Mia <mia@example.com>"],
    ["NUL", "mia@exam\0ple.com"],
    ["half a character", "mia\uD800@example.com"],
    ["too much", `${"a".repeat(LIMITS.email_chars)}@example.com`],
  ])("with %s are none", (_, typed) => {
    expect(() => requireEmail(typed)).toThrow("must be an address");
  });

  test("are also looked for as they were stored before", () => {
    expect(emailSpellings("Mi\u0430@example.com")).toEqual(["mi\u0430@example.com"]);
    expect(emailSpellings("mia@EXÄMPLE.de")).toEqual(["mia@xn--exmple-cua.de", "mia@exämple.de"]);
    expect(emailSpellings("Mia@example.com")).toEqual(["mia@example.com"]);
  });
});

describe("names", () => {
  const name = (text: string) => requireName("display_name", text, 200);

  test.each(["Mia Member", "Zoë Łukasz", "👩‍👩‍👧‍👦 family", "👍🏽 ok", "❤️‍🔥", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇪", "1️⃣", "می‌خواهم", "क्‍ष", "辻󠄀", "佐藤"])(
    "%s is a name",
    (text) => {
      expect(name(text)).toBe(text);
    },
  );

  test.each([
    ["zero width space", "Mi\u200Ba"],
    ["joiner between Latin letters", "Mi\u200Da"],
    ["non-joiner", "Mia\u200C"],
    ["soft hyphen", "Mi\u00ADa"],
    ["right-to-left override", "\u202Eaim"],
    ["isolate", "\u2067Mia\u2069"],
    ["mark", "Mia\u200F"],
    ["byte order mark", "Mi\uFEFFa"],
    ["variation selector after a letter", "Mia\uFE0F"],
    ["variation selector after a digit", "Mia 1\uFE0F"],
    ["joiner after an emoji with nothing to join", "👍\u200D"],
    ["Hangul filler", "\u3164"],
    ["braille blank", "\u2800"],
    ["tags without a flag", "Mia\u{E0061}"],
    ["tags for ever", `🏴${"\u{E0061}".repeat(12)}\u{E007F}`],
    ["combining joiner", "Mi\u034Fa"],
  ])("with a %s is none", (_, text) => {
    expect(() => name(text)).toThrow("invisible");
  });
});

test("handles stay ASCII, whatever looks like it", () => {
  expect(requireHandle("@Mia")).toBe("mia");
  for (const handle of ["mi\u0430", "ｍｉａ", "mia.", "mi\u200Ba", "ﬁn"]) expect(() => requireHandle(handle)).toThrow();
});
