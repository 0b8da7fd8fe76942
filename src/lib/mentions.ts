import { LIMITS } from "@clickclack/protocol";

/** Whom a text addresses: handles in lower case, and whether it calls everybody. */
export interface Addressed {
  handles: string[];
  /** `channel`: everybody who may read it; `here`: those of them who are here now. */
  scope?: "channel" | "here";
}

/** Words after `@` that are no handles. */
export const BROADCASTS = ["channel", "here"] as const;

const NOBODY: Addressed = { handles: [] };

/**
 * Finds `@handle`, `@channel` and `@here` outside code, links and e-mail addresses. Every step looks at
 * each character a bounded number of times, so a hostile body costs what an honest one of its length does.
 */
export function mentionsIn(body: string): Addressed {
  if (!body.includes("@")) return NOBODY;
  const text = withoutCode(body)
    .replace(/\]\([^()\s]*\)/g, "] ")
    .replace(/https?:\/\/[^\s<>]+/gi, " ");
  const handles = new Set<string>();
  let scope: Addressed["scope"];
  for (const [, word = ""] of text.matchAll(
    /(?<![\p{L}\p{N}_@/.+-])@([a-z0-9][a-z0-9_-]{1,31})(?![\p{L}\p{N}_@-])/giu,
  )) {
    const handle = word.toLowerCase();
    if (handle === "channel") scope = "channel";
    else if (handle === "here") scope ??= "here";
    else if (handles.size < LIMITS.mentions_per_message) handles.add(handle);
  }
  return { handles: [...handles], ...(scope && { scope }) };
}

/** A fence may open in a quote or a list item; what comes before it is all of that it may follow. */
const FENCE = /^((?: {0,3}(?:>|[-*+] |\d{1,9}[.)] ))*) {0,3}(`{3,}(?=[^`]*$)|~{3,})/;

interface Fence {
  mark: string;
  /** It stands in a quote or a list item and ends with it. */
  isInside: boolean;
}

/** Puts a space where fenced blocks and code spans were (CommonMark 0.31, 4.5 and 6.1). */
function withoutCode(body: string): string {
  if (!body.includes("`") && !body.includes("~~~")) return body;
  const prose: string[] = [];
  let fence: Fence | undefined;
  let paragraph: string[] = [];
  const endParagraph = () => {
    prose.push(withoutSpans(paragraph.join("\n")));
    paragraph = [];
  };
  for (const line of body.split("\n")) {
    if (fence?.isInside && /^[^\s>]/.test(line)) fence = undefined;
    if (fence) {
      if (closes(line, fence)) fence = undefined;
      continue;
    }
    const [, container = "", mark = ""] = FENCE.exec(line) ?? [];
    if (mark !== "") fence = { mark, isInside: container !== "" };
    // A stray backtick never reaches into another paragraph.
    if (fence || line.trim() === "") endParagraph();
    else paragraph.push(line);
  }
  endParagraph();
  return prose.join("\n");
}

function closes(line: string, { mark, isInside }: Fence): boolean {
  const bare = line.replace(isInside ? /^[ \t>]*/ : /^ {0,3}/, "").trimEnd();
  return bare.length >= mark.length && bare === mark.charAt(0).repeat(bare.length);
}

/** A run of backticks closes at the next run of the same length, else it is text. */
function withoutSpans(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map((match) => ({ at: match.index, length: match[0].length }));
  if (runs.length < 2) return text;
  /** For each run the next one of its length, found from the end so that nothing is searched twice. */
  const closer = Array.from<number | undefined>({ length: runs.length });
  const nextOf = new Map<number, number>();
  for (let n = runs.length - 1; n >= 0; n--) {
    const length = runs[n]?.length ?? 0;
    closer[n] = nextOf.get(length);
    nextOf.set(length, n);
  }
  let kept = "";
  let from = 0;
  for (let n = 0; n < runs.length; n++) {
    const open = runs[n];
    const close = runs[closer[n] ?? -1];
    if (!open || !close) continue;
    kept += `${text.slice(from, open.at)} `;
    from = close.at + close.length;
    n = closer[n] ?? n;
  }
  return kept + text.slice(from);
}
