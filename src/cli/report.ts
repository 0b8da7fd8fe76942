import type { Report } from "@clickclack/sdk";
import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { readChoice, readCount } from "./flags.ts";
import { minute, type Mode, oneLine, pageRows, print, row } from "./output.ts";
import { callName } from "./people.ts";
import { findWorkspace } from "./target.ts";

const REPORT = { type: "positional", description: "The report, by its id in the list", required: true } as const;

const create = clientCommand({
  name: "create",
  description: "Tell the managers of a message: clickclack report create msg_… It is spam",
  args: { message: { type: "positional", description: "The message, msg_…", required: true } },
  async run({ client, mode }, args) {
    const reason = args._.slice(1).join(" ").trim();
    if (reason === "") throw new UsageError("say what is wrong with it");
    const made = await client.reports.create(args.message, { reason });
    print(mode, { json: made, plain: made.report.id, human: `reported ${args.message} to the managers` });
  },
});

const list = clientCommand({
  name: "list",
  description: "List reported messages: clickclack report list",
  args: {
    status: { type: "string", description: "open, resolved or dismissed (open)" },
    limit: { type: "string", description: "How many, 1 to 200 (100)" },
    cursor: { type: "string", description: "Go on where a page ended (next_cursor)" },
  },
  async run(session, args) {
    const status = readChoice("--status", args.status, ["open", "resolved", "dismissed"]) ?? "open";
    const limit = readCount("limit", args.limit, 1);
    const workspace = await findWorkspace(session);
    const page = await session.client.reports.list(workspace.id, {
      status,
      ...(limit && { limit }),
      ...(args.cursor && { cursor: args.cursor }),
    });
    const rows = page.reports.map((report) => reportRow(session.mode, report));
    print(session.mode, { json: page, plain: rows, human: pageRows(rows, page.next_cursor) });
  },
});

const resolve = closing(
  "resolve",
  "resolved",
  "Close a report that was right: clickclack report resolve rpt_… Deleted it",
);
const dismiss = closing("dismiss", "dismissed", "Close a report that was not: clickclack report dismiss rpt_…");

function closing(name: string, status: "resolved" | "dismissed", description: string) {
  return clientCommand({
    name,
    description: description,
    args: { report: REPORT },
    async run({ client, mode }, args) {
      const resolution = args._.slice(1).join(" ").trim();
      const closed = await client.reports.update(args.report, { status, ...(resolution && { resolution }) });
      print(mode, { json: closed, plain: closed.report.id, human: `${status} ${closed.report.id}` });
    },
  });
}

function reportRow(mode: Mode, report: Report): string {
  const { id, message_id, author, reporter, reason, created_at, message_deleted, resolution } = report;
  if (mode === "plain") return row(id, message_id, author.id, reporter.id, created_at, report.status, reason);
  const text = oneLine(report.body);
  const quoted = `${callName(author)}: ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`;
  const state = message_deleted ? "(deleted meanwhile)" : "";
  return row(id, minute(created_at), `${callName(reporter)}: ${reason}`, message_id, quoted, resolution ?? state);
}

export default defineCommand({
  meta: { name: "report", description: "Messages that somebody found wrong" },
  subCommands: { create, list, resolve, dismiss },
});
