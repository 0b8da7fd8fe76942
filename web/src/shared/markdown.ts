import DOMPurify from "dompurify";
import { Marked, type TokenizerAndRendererExtension } from "marked";
import { words } from "./words.ts";

/** Who is mentioned by a handle: `me`, somebody known, or nobody. */
export type Mentioned = (handle: string) => "me" | "known" | "nobody";

const CACHE_ROWS = 600;
const COPY = `<button type="button" class="iconbtn" data-copy aria-label="${words.timeline.copyCode}"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><rect width="14" height="14" x="8" y="8" rx="2" ry="2"/><path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"/></svg></button>`;

let mentioned: Mentioned = () => "nobody";

const mention: TokenizerAndRendererExtension = {
  name: "mention",
  level: "inline",
  start: (source) => source.search(/(?<![\w/@.])@[a-z0-9]/i),
  tokenizer(source) {
    const match = /^@([a-z0-9][a-z0-9_-]{1,31})(?![\w/@])/i.exec(source);
    const handle = match?.[1]?.toLowerCase();
    if (!match || !handle || mentioned(handle) === "nobody") return undefined;
    return { type: "mention", raw: match[0], handle };
  },
  renderer(token) {
    const who = mentioned(String(token.handle)) === "me" ? " mention--me" : "";
    return `<span class="mention${who}">${escape(token.raw)}</span>`;
  },
};

const marked = new Marked({
  gfm: true,
  breaks: true,
  extensions: [mention],
  renderer: {
    // What people type as HTML is shown as they typed it.
    html: ({ text }) => escape(text),
    heading({ tokens }) {
      return `<p><b>${this.parser.parseInline(tokens)}</b></p>`;
    },
    code: ({ text, lang }) =>
      !lang && !text.includes("\n")
        ? `<div class="snip"><code>${escape(text)}</code></div>`
        : `<figure class="code"><figcaption>${escape(lang?.split(/\s/)[0] ?? "")}</figcaption><pre><code>${escape(text)}</code></pre></figure>`,
    image: ({ href, text }) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
    table(token) {
      const cell = (tag: string, align: string | null, html: string): string =>
        `<${tag}${align === "right" ? ' class="r"' : ""}>${html}</${tag}>`;
      const head = token.header.map((one) => cell("th", one.align, this.parser.parseInline(one.tokens))).join("");
      const rows = token.rows.map(
        (row) => `<tr>${row.map((one) => cell("td", one.align, this.parser.parseInline(one.tokens))).join("")}</tr>`,
      );
      return `<div class="tablewrap"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
    },
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
});

const SAFE = {
  ALLOWED_TAGS:
    "p b i em strong del code pre a ul ol li blockquote br hr span figure figcaption div table thead tbody tr th td".split(
      " ",
    ),
  ALLOWED_ATTR: ["href", "class", "target", "rel", "start"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
};

const cache = new Map<string, string>();
let cachedFor: Mentioned | undefined;

/**
 * Markdown as safe HTML: GitHub's flavour with line breaks, nothing of the writer's own HTML.
 * `who` must be one function per set of known handles: the cache lives as long as it does.
 */
export function renderMarkdown(body: string, who: Mentioned): string {
  if (cachedFor !== who) {
    cache.clear();
    cachedFor = who;
  }
  const known = cache.get(body);
  if (known !== undefined) return known;
  mentioned = who;
  const html = DOMPurify.sanitize(marked.parse(body, { async: false }), SAFE)
    .replaceAll("</figcaption>", `${COPY}</figcaption>`)
    .replaceAll("</code></div>", `</code>${COPY}</div>`)
    // What scrolls by itself must be within reach of the keyboard.
    .replaceAll("<pre>", '<pre tabindex="0">')
    .replaceAll('<div class="tablewrap">', '<div class="tablewrap" tabindex="0" role="group">')
    // What follows the text, "(edited)", keeps its own distance.
    .trimEnd();
  if (cache.size >= CACHE_ROWS) cache.delete(cache.keys().next().value ?? "");
  cache.set(body, html);
  return html;
}

/** The text alone, on one line: for quotes and labels. */
export function plainText(body: string): string {
  return body
    .replace(/[*_~`>#|]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName !== "A") return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer nofollow");
});

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
