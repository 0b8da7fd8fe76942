import { describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import fc from "fast-check";
import { mentionsIn } from "./mentions.ts";

const handles = (body: string) => mentionsIn(body).handles;

describe("whom a text names", () => {
  test("handles at the border of a word, once each, in lower case", () => {
    expect(handles("@mia and @Mo, (@olivia) *@pinch* @mia's")).toEqual(["mia", "mo", "olivia", "pinch"]);
    expect(handles("@mia_2 @a-b")).toEqual(["mia_2", "a-b"]);
    expect(handles("@a @ @-x @_y")).toEqual([]);
    expect(handles(`@${"x".repeat(32)} @${"y".repeat(33)}`)).toEqual(["x".repeat(32)]);
  });

  test("no addresses, paths and links", () => {
    for (const body of [
      "mia@example.com",
      "@mia@example.social",
      "https://example.com/@mia",
      "see HTTP://example.com/?q=@mia",
      "[text](/@mia)",
      "[text](<@mia>)",
      "[text](https://example.com/a@mia)",
      "npm i pkg/@mia",
      "@miaé",
      "é@mia",
    ])
      expect([body, handles(body)]).toEqual([body, []]);
    expect(handles("[@mia](https://example.com)")).toEqual(["mia"]);
    expect(handles("<https://example.com>@mia")).toEqual(["mia"]);
  });

  test("nobody in code", () => {
    for (const body of [
      "`@mia`",
      "``a ` @mia``",
      "`a\n@mia`",
      "```\n@mia\n```",
      "```ts\n@mia",
      "~~~\n@mia\n```\n@mia\n~~~",
      "   ````\n@mia\n```\n@mia\n````",
      "> ```\n> @mia\n> ```",
      "- ```\n  @mia\n  ```",
      "1. ```sh\n   @mia\n   ```",
    ])
      expect([body, handles(body)]).toEqual([body, []]);
  });

  test("what only looks like code is none", () => {
    for (const body of [
      "` @mia",
      "``@mia`",
      "```a``` @mia",
      "```\ncode\n```\n@mia",
      "a stray ` here\n\n@mia\n\nand another ` there",
      "- ```\n  code\n  ```\n@mia",
      "> ```\n> never closed\n\n@mia",
      "- ```\n  never closed\n@mia",
    ])
      expect([body, handles(body)]).toEqual([body, ["mia"]]);
  });

  test("everybody, or everybody who is here, and never both as handles", () => {
    expect(mentionsIn("@channel")).toEqual({ handles: [], scope: "channel" });
    expect(mentionsIn("@HERE @mia")).toEqual({ handles: ["mia"], scope: "here" });
    expect(mentionsIn("@here @channel @here").scope).toBe("channel");
    expect(mentionsIn("`@channel` @channels")).toEqual({ handles: ["channels"] });
  });

  test("so many and no more", () => {
    const body = Array.from({ length: LIMITS.mentions_per_message + 5 }, (_, n) => `@user${n}`).join(" ");
    expect(handles(body)).toHaveLength(LIMITS.mentions_per_message);
  });
});

const piece = fc.constantFrom(
  ..."@mia|@mo|@channel|@here|`|``|```|~~~|\n|\n\n| |](|)|(|http://|https://a|mia|@|.|/|_|-|é|<|>|   |js".split("|"),
);
const text = fc.oneof(
  fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
  fc.string({ unit: "grapheme", maxLength: 60 }),
);

test("the parser says what a slow and obvious one says", () => {
  fc.assert(
    fc.property(text, (body) => {
      expect(mentionsIn(body)).toEqual(slowly(body));
    }),
    { numRuns: 5000 },
  );
});

test("hostile texts as long as a request may be are read to their end", () => {
  const long = (part: string) => part.repeat(Math.ceil(LIMITS.json_body_bytes / part.length));
  const runs = Array.from({ length: 1400 }, (_, n) => "`".repeat(n + 1)).join(" ");
  for (const part of [
    "`",
    "` ",
    "@",
    "@a",
    "@mia ",
    "](",
    "](a",
    "http://",
    "```\n",
    "~~~\n`",
    "\n",
    "> ",
    "- ```",
    "\\`",
  ])
    expect([part, handles(`${long(part)} @mia`).length]).toEqual([part, expect.any(Number)]);
  expect(handles(`${runs} @mia`)).toEqual(["mia"]);
  expect(handles(`${"](".repeat(100_000)} @mia`)).toEqual(["mia"]);
});

/** The same rules one character at a time, without a thought for how long it takes. */
function slowly(body: string): ReturnType<typeof mentionsIn> {
  const prose = withoutUrls(withoutTargets(proseOf(body)));
  const found = new Set<string>();
  let scope: "channel" | "here" | undefined;
  for (let at = prose.indexOf("@"); at !== -1; at = prose.indexOf("@", at + 1)) {
    let word = "";
    while (/^[a-z0-9_-]$/i.test(prose[at + 1 + word.length] ?? "")) word += prose[at + 1 + word.length];
    if (word.length < 2 || word.length > 32 || !/^[a-z0-9]/i.test(word)) continue;
    // Whole characters, so that half of a pair is never taken for one.
    const before = [...prose.slice(0, at)].at(-1) ?? "";
    const after = [...prose.slice(at + 1 + word.length)][0] ?? "";
    if (/[\p{L}\p{N}_@/.+-]/u.test(before) || /[\p{L}\p{N}_@-]/u.test(after)) continue;
    const handle = word.toLowerCase();
    if (handle === "channel") scope = "channel";
    else if (handle === "here") scope ??= "here";
    else found.add(handle);
  }
  return { handles: [...found], ...(scope && { scope }) };
}

/** Line by line: fenced blocks fall out, paragraphs lose their code spans. */
function proseOf(body: string): string {
  const prose: string[] = [];
  let fence: { mark: string; contained: boolean } | undefined;
  let paragraph: string[] = [];
  const end = () => {
    prose.push(spansOut(paragraph.join("\n")));
    paragraph = [];
  };
  for (const line of body.split("\n")) {
    const [, container = "", mark = "", rest = ""] =
      /^((?: {0,3}(?:>|[-*+] |\d{1,9}[.)] ))*) {0,3}(`{3,}|~{3,})(.*)$/s.exec(line) ?? [];
    if (fence?.contained && line.trim() !== "" && !/^[\s>]/.test(line)) fence = undefined;
    if (fence) {
      const bare = fence.contained ? line.replace(/^[ \t>]*/, "") : line.replace(/^ {0,3}/, "");
      const closes = [...bare.trimEnd()].every((one) => one === fence?.mark[0]) && bare.trimEnd() !== "";
      if (closes && bare.trimEnd().length >= fence.mark.length) fence = undefined;
    } else if (mark !== "" && !(mark.startsWith("`") && rest.includes("`"))) {
      end();
      fence = { mark, contained: container !== "" };
    } else if (line.trim() === "") {
      end();
    } else {
      paragraph.push(line);
    }
  }
  end();
  return prose.join("\n");
}

function spansOut(paragraph: string): string {
  let left = paragraph;
  let kept = "";
  for (;;) {
    const run = /`+/.exec(left);
    if (!run) return kept + left;
    const after = left.slice(run.index + run[0].length);
    const close = [...after.matchAll(/`+/g)].find((one) => one[0].length === run[0].length);
    if (close) {
      kept += `${left.slice(0, run.index)} `;
      left = after.slice(close.index + close[0].length);
    } else {
      kept += left.slice(0, run.index + run[0].length);
      left = after;
    }
  }
}

function withoutTargets(prose: string): string {
  for (let at = 0; ;) {
    const open = prose.indexOf("](", at);
    if (open === -1) return prose;
    let end = open + 2;
    while (end < prose.length && !/[()\s]/.test(prose[end] ?? "")) end++;
    if (prose[end] === ")") prose = `${prose.slice(0, open)}] ${prose.slice(end + 1)}`;
    at = open + 1;
  }
}

function withoutUrls(prose: string): string {
  for (;;) {
    const begin = prose.toLowerCase().search(/https?:\/\/[^\s<>]/);
    if (begin === -1) return prose;
    let end = begin + 4;
    while (end < prose.length && !/[\s<>]/.test(prose[end] ?? "")) end++;
    prose = `${prose.slice(0, begin)} ${prose.slice(end)}`;
  }
}
