import type { SearchResult } from "@clickclack/sdk";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { readCount } from "./flags.ts";
import { bold, minute, type Mode, print, row } from "./output.ts";
import { findChannel, findWorkspace } from "./target.ts";

export default clientCommand({
  name: "search",
  description: 'Find messages: clickclack search deploy from:mia in:#general "release notes"',
  args: {
    newest: { type: "boolean", description: "The newest first instead of the best" },
    dms: { type: "boolean", description: "Direct conversations too" },
    limit: { type: "string", description: "How many, 1 to 100 (20)" },
    cursor: { type: "string", description: "Go on where a page ended (next_cursor)" },
  },
  async run(session, args) {
    // One argument is the whole search; of several, one with spaces in it was a phrase in quotes.
    const q = (args._.length === 1 ? args._ : args._.map(asTyped)).join(" ").trim();
    if (q === "") throw new UsageError("say what to search for: clickclack search deploy from:mia");
    const workspace = await findWorkspace(session);
    // A default channel is for posting; a search looks everywhere unless it is told otherwise here.
    const channel = args.channel ? await findChannel(session) : undefined;
    const page = await session.client.search(workspace.id, q, {
      ...(channel && { channelId: channel.id }),
      ...(args.cursor && { cursor: args.cursor }),
      dms: args.dms ?? false,
      sort: args.newest ? "newest" : "relevance",
      limit: readCount("limit", args.limit, 1) ?? 20,
    });
    const rows = page.results.map((result) => resultRow(session.mode, result));
    print(session.mode, { json: page, plain: rows, human: rows });
  },
});

/** The shell took the quotes of a phrase away. */
function asTyped(word: string): string {
  if (!/\s/.test(word) || word.includes('"')) return word;
  const operator = /^(-?[a-z]+:)(.*)$/i.exec(word);
  return operator ? `${operator[1]}"${operator[2]}"` : `"${word}"`;
}

function resultRow(mode: Mode, result: SearchResult): string {
  const place = result.channel_name === undefined ? "direct" : `#${result.channel_name}`;
  const author = result.author.display_name;
  if (mode === "plain") return row(result.id, place, result.created_at, author, result.snippet);
  return row(place, minute(result.created_at), author, result.id) + `\t${marked(result)}`;
}

/** The snippet in one row, with what was found in bold on a terminal. */
function marked({ snippet, highlights }: SearchResult): string {
  const points = [...snippet];
  const text = (start: number, end?: number) => row(points.slice(start, end).join(""));
  let shown = "";
  let at = 0;
  for (const { start, end } of highlights) {
    shown += text(at, start) + bold(text(start, end));
    at = end;
  }
  return shown + text(at);
}
