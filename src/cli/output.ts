import type { ClickClackEvent, Message } from "@clickclack/sdk";
import { describeFailure } from "./failure.ts";

/** `human` for eyes, `json` for programs, `plain` for shell pipes. */
export type Mode = "human" | "json" | "plain";

/** One result, said in each way. Lists are one row each. */
export interface Result {
  json: unknown;
  plain: string | string[];
  human: string | string[];
}

/** A closed pipe (`… | head -1`) ends the program quietly: nobody listens any more. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
}

export function print(mode: Mode, result: Result): void {
  if (mode === "json") return printLine(JSON.stringify(result.json));
  const lines = mode === "plain" ? result.plain : result.human;
  // In one write, so that whoever reads the first line has the others too.
  const text = [lines].flat();
  if (text.length > 0) printLine(text.join("\n"));
}

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Errors go to standard error, as one JSON document with `--json`. Returns the exit code. */
export function printFailure(error: unknown, mode: Mode): number {
  const { message, exit_code, ...rest } = describeFailure(error);
  process.stderr.write(
    mode === "json" ? `${JSON.stringify({ error: message, ...rest })}\n` : `clickclack: ${message}\n`,
  );
  return exit_code;
}

/** Tab-separated columns. */
export function row(...columns: (string | number | undefined)[]): string {
  return columns.map((column) => oneLine(String(column ?? ""))).join("\t");
}

/** Message rows: `seq id author body` for eyes, the id first for pipes. */
export function messageRow(mode: Mode, message: Message, position = seqOf(message)): string {
  const files = message.attachments.map((file) => `[${file.filename}]`);
  const body = message.deleted_at ? "(deleted)" : [message.body, ...files].filter(Boolean).join(" ");
  return mode === "plain"
    ? row(message.id, position, message.author.display_name, body)
    : row(position, message.id, message.author.display_name, body);
}

export function seqOf(message: Message): string {
  return String(message.channel_seq ?? message.thread_seq ?? "");
}

/** What a stream prints of an event, or nothing. */
export function eventRow(mode: Mode, event: ClickClackEvent): string | undefined {
  if (mode === "json") return JSON.stringify(event);
  const mark = (id: string, what: string, ...rest: (string | number)[]) =>
    mode === "plain" ? row(id, what, ...rest) : row(what, id, ...rest);
  switch (event.type) {
    case "message.created":
      return event.payload.message && messageRow(mode, event.payload.message);
    case "thread.reply_created":
      return event.payload.message && messageRow(mode, event.payload.message, "reply");
    case "message.updated":
      return event.payload.message && messageRow(mode, event.payload.message, "edited");
    case "message.deleted":
      return mark(event.payload.message_id, "deleted");
    case "reaction.added":
    case "reaction.removed":
      return mark(event.payload.message_id, event.type.slice(9), event.payload.emoji, event.payload.count);
    default:
      return undefined;
  }
}

/** Text of other people must neither break a row nor steer the terminal. */
export function oneLine(text: string): string {
  return text
    .replaceAll("\t", "\\t")
    .replaceAll("\r", "")
    .replaceAll("\n", "\\n")
    .replaceAll(/\p{Cc}/gu, "");
}

/** A moment to the minute, as the clock on the wall here shows it. */
export function minute(at: string | undefined): string {
  // Sweden writes dates as ISO 8601 does.
  return at ? new Date(at).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" }) : "";
}

/** The rows of a page for eyes: without empty columns at the end, and with what to add for the next page. */
export function pageRows(rows: string[], next_cursor?: string): string[] {
  return [...rows.map((one) => one.trimEnd()), ...(next_cursor ? [`more: --cursor ${next_cursor}`] : [])];
}

/** Bold on a terminal, unless `NO_COLOR` is set. */
export function bold(text: string): string {
  return colorful() ? `\u001B[1m${text}\u001B[22m` : text;
}

export function colorful(): boolean {
  return Boolean(process.stdout.isTTY) && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
}
