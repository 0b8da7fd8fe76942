import { writeFileSync } from "node:fs";
import { AUDIT_ACTIONS } from "@clickclack/protocol";
import type { AuditAction, AuditFilter, AuditLogEntry, Workspace } from "@clickclack/sdk";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { readChoice, readCount, readList, readSince } from "./flags.ts";
import { minute, type Mode, pageRows, print, row } from "./output.ts";
import { findPerson } from "./people.ts";
import type { Session } from "./session.ts";
import { findWorkspace } from "./target.ts";

export default clientCommand({
  name: "audit",
  description: "Say who did what to the workspace, newest first: clickclack audit --actor @mia --since 7d",
  args: {
    action: { type: "string", description: "Only these acts, like member.removed,member.role_changed" },
    actor: { type: "string", description: "Only of this person, by @handle or id; or operator" },
    target: { type: "string", description: "Only what was done to this id or @handle" },
    since: { type: "string", description: "From then on: 2h, 7d, or a time" },
    until: { type: "string", description: "Before then: 2h, 7d, or a time" },
    limit: { type: "string", description: "How many, 1 to 200 (20)" },
    cursor: { type: "string", description: "Go on where a page ended (next_cursor)" },
    export: {
      type: "string",
      description: "Print it all as csv or json, or with --out into a file",
      valueHint: "format",
    },
    out: { type: "string", description: "Where the export goes; must not be there yet", valueHint: "path" },
  },
  async run(session, args) {
    const limit = readCount("limit", args.limit, 1) ?? 20;
    const format = readChoice("--export", args.export, ["csv", "json"]);
    if (args.out && !format) throw new UsageError("--out needs --export csv or --export json");
    const when = readWhen(args);
    const actions = readActions(args.action);
    const workspace = await findWorkspace(session);
    const filter = { ...when, ...actions, ...(await readWhom(session, workspace, args)) };
    if (format) return exportLog(session, workspace, { ...filter, format }, args.out);
    const page = await session.client.auditLog.list(workspace.id, { ...filter, limit });
    const rows = page.audit_log_entries.map((entry) => entryRow(session.mode, entry));
    print(session.mode, { json: page, plain: rows, human: pageRows(rows, page.next_cursor) });
  },
});

function readWhen(args: { since?: string; until?: string; cursor?: string }): AuditFilter {
  const now_ms = Date.now();
  const moment = (name: "since" | "until") =>
    args[name] && { [name]: new Date(readSince(args[name], now_ms, name)).toISOString() };
  return { ...moment("since"), ...moment("until"), ...(args.cursor && { cursor: args.cursor }) };
}

function readActions(text: string | undefined): AuditFilter {
  if (text === undefined) return {};
  const known = (word: string): word is AuditAction => AUDIT_ACTIONS.some((action) => action === word);
  const words = readList(text);
  const action = words.filter(known);
  if (action.length === 0 || action.length < words.length) {
    throw new UsageError(`--action is "${text}": write some of ${AUDIT_ACTIONS.join(", ")}`);
  }
  return { action };
}

async function readWhom(
  session: Session,
  { id }: Workspace,
  { actor, target }: { actor?: string; target?: string },
): Promise<AuditFilter> {
  const idOf = async (word: string) =>
    word === "me" || word.startsWith("@") ? (await findPerson(session, id, word)).id : word;
  return { ...(actor && { actor: await idOf(actor) }), ...(target && { target: await idOf(target) }) };
}

/** As it comes, whatever the output mode: it is a file. */
async function exportLog(
  session: Session,
  { id }: Workspace,
  input: AuditFilter & { format: "csv" | "json" },
  path: string | undefined,
): Promise<void> {
  const { file, next_cursor } = await session.client.auditLog.export(id, input);
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (path === undefined) process.stdout.write(bytes);
  else {
    writeNew(path, bytes);
    const json = { path, byte_size: bytes.length, ...(next_cursor && { next_cursor }) };
    print(session.mode, { json, plain: path, human: `wrote ${path}` });
  }
  if (next_cursor) process.stderr.write(`clickclack: there are older entries: --cursor ${next_cursor}\n`);
}

/** Readable by its owner only, as it says from where people came. */
function writeNew(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes, { flag: "wx", mode: 0o600 });
  } catch (cause) {
    const there = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    throw new UsageError(there ? `--out ${path} is there already` : `--out ${path} cannot be written`, { cause });
  }
}

function entryRow(mode: Mode, entry: AuditLogEntry): string {
  const { id, created_at, action, target_type, target_id, address } = entry;
  const actor = entry.actor_user_id ?? "operator";
  if (mode === "plain") {
    return row(
      id,
      created_at,
      actor,
      action,
      target_type,
      target_id,
      address,
      changes(entry, (moment) => moment),
    );
  }
  const name = entry.actor?.display_name ?? actor;
  return row(minute(created_at), name, action, entry.target_name ?? target_id, changes(entry, minute), address);
}

/** `role: member → guest`; what was not there before, or is no more, is left out on its side. */
function changes({ before = {}, after = {} }: AuditLogEntry, momentText: (moment: string) => string): string {
  const valueText = (value: unknown): string => {
    if (value === undefined || value === null) return "";
    if (typeof value !== "string") return JSON.stringify(value);
    return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? momentText(value) : value;
  };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const fields = names.map(
    (name) => [name, [valueText(before[name]), valueText(after[name])].filter(Boolean)] as const,
  );
  return fields
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name}: ${values.join(" → ")}`)
    .join(", ");
}
