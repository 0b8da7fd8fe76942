import { type AuditLogEntry, LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { createSemaphore } from "../../lib/semaphore.ts";
import { nextTurn } from "../../lib/turn.ts";
import { byActor, recordAct } from "../workspaces/recording.ts";
import { requireManager } from "../workspaces/workspaces.ts";
import { type AuditQuery, filterOf, pageOf } from "./audit.ts";

export interface AuditFile {
  blob: Blob;
  filename: string;
  content_type: string;
  /** Where the next file begins, when one does not hold them all. */
  next_cursor?: string;
}

export type AuditFormat = "json" | "csv";

/** Makes files of audit logs; few at once, because each is held in memory until it is sent. */
export function createExports(db: Database) {
  const inTurn = createSemaphore(
    LIMITS.audit_exports_at_once,
    LIMITS.audit_export_queue,
    "too many exports are being made; try again in a moment",
  );
  return async (actor: Actor, workspace_id: string, query: AuditQuery, format: AuditFormat): Promise<AuditFile> => {
    requireHuman(actor);
    const filter = filterOf(query);
    await db.write(async (tx) => {
      await requireManager(tx, actor, workspace_id);
      const asked = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
      await recordAct(tx, byActor(actor), workspace_id, {
        action: "audit_log.exported",
        target_type: "workspace",
        target_id: workspace_id,
        metadata: { format, ...asked },
      });
    });
    return inTurn(async () => {
      const parts: string[] = [];
      const write = format === "csv" ? csvLine : (entry: AuditLogEntry) => JSON.stringify(entry);
      let before = filter.before;
      let next_cursor: string | undefined;
      let chars = 0;
      do {
        const left = LIMITS.audit_export_entries - parts.length;
        const page = await pageOf(
          db,
          actor,
          workspace_id,
          { ...filter, before },
          Math.min(left, LIMITS.audit_export_slice),
        );
        const written = page.audit_log_entries.map(write);
        parts.push(...written);
        chars += written.reduce((sum, text) => sum + text.length, 0);
        before = page.audit_log_entries.at(-1)?.id;
        next_cursor = page.next_cursor;
        await nextTurn();
      } while (
        next_cursor !== undefined &&
        parts.length < LIMITS.audit_export_entries &&
        chars < LIMITS.audit_export_chars
      );
      const day = actor.at.slice(0, 10);
      return {
        blob: new Blob([format === "csv" ? csvOf(parts) : jsonOf(workspace_id, actor.at, parts, next_cursor)]),
        filename: `audit-log-${day}.${format}`,
        content_type: format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/json; charset=utf-8",
        ...(next_cursor !== undefined && { next_cursor }),
      };
    });
  };
}

/** One entry a line, so that the file can be read line by line too. */
function jsonOf(workspace_id: string, exported_at: string, entries: string[], next_cursor: string | undefined): string {
  const head = JSON.stringify({ workspace_id, exported_at, ...(next_cursor !== undefined && { next_cursor }) });
  return `${head.slice(0, -1)},"audit_log_entries":[\n${entries.join(",\n")}\n]}\n`;
}

const COLUMNS = [
  "id",
  "created_at",
  "actor_user_id",
  "actor",
  "action",
  "target_type",
  "target_id",
  "target_name",
  "address",
  "before",
  "after",
  "metadata",
] as const;

/** RFC 4180: lines end with CRLF, the first names the columns. */
function csvOf(lines: string[]): string {
  return [COLUMNS.join(","), ...lines, ""].join("\r\n");
}

function csvLine(entry: AuditLogEntry): string {
  const { actor, before, after, metadata } = entry;
  const cells: Record<(typeof COLUMNS)[number], string> = {
    id: entry.id,
    created_at: entry.created_at,
    actor_user_id: entry.actor_user_id ?? "",
    actor: entry.actor_user_id === undefined ? "operator" : (actor?.display_name ?? ""),
    action: entry.action,
    target_type: entry.target_type,
    target_id: entry.target_id,
    target_name: entry.target_name ?? "",
    address: entry.address,
    before: before ? JSON.stringify(before) : "",
    after: after ? JSON.stringify(after) : "",
    metadata: JSON.stringify(metadata),
  };
  return COLUMNS.map((name) => cell(cells[name])).join(",");
}

/** People choose names, and a spreadsheet would compute one that begins like a formula. */
function cell(text: string): string {
  const inert = /^[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
