import type { AuditLogEntry } from "@clickclack/protocol";
import { auditWords } from "../shared/audit-words.ts";
import { fullTime } from "../shared/format.ts";

export interface Change {
  field: string;
  before?: string | undefined;
  after?: string | undefined;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;
const ID = /^[a-z]{3}_[0-9a-z]+$/;

/** What an act changed, as people read it: fields by their names, moments in their own time, ids as names. */
export function changesOf(entry: AuditLogEntry, nameOf: (id: string) => string | undefined): Change[] {
  const { before = {}, after = {}, metadata } = entry;
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...fields].map((key) => ({
    field: fieldName(key),
    before: text(before[key], nameOf),
    after: text(after[key], nameOf),
  }));
  const more: Change[] = Object.entries(metadata).map(([key, value]) => ({
    field: fieldName(key),
    after: text(value, nameOf),
  }));
  return [...changed, ...more].filter((one) => one.before !== undefined || one.after !== undefined);
}

function fieldName(key: string): string {
  return auditWords.fields[key] ?? key.replaceAll("_", " ");
}

function text(value: unknown, nameOf: (id: string) => string | undefined): string | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  if (typeof value === "boolean") return value ? auditWords.yes : auditWords.no;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((one) => text(one, nameOf)).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  const plain = String(value);
  if (MOMENT.test(plain)) return fullTime(plain);
  return ID.test(plain) ? (nameOf(plain) ?? plain) : plain;
}
