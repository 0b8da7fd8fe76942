import type { AuditAction } from "@clickclack/protocol";
import type { Answer } from "./answer.ts";
import type { CallOptions, Http, Query } from "./http.ts";
import { segment } from "./page.ts";

/** A file of the whole log takes its time. */
const EXPORT_TIMEOUT_MS = 10 * 60 * 1000;

/** Which entries. All that are given must fit. */
export interface AuditFilter {
  /** One action, or any of several. */
  action?: AuditAction | readonly AuditAction[];
  /** Who did it: a user id, or `operator` for the command line of the server. */
  actor?: string;
  /** What it was done to, an id. */
  target?: string;
  /** `user`, `channel`, `workspace`, … */
  target_type?: string;
  /** RFC 3339, or a day; from then on. */
  since?: string;
  /** RFC 3339, or a day; before then. */
  until?: string;
  /** `next_cursor` of the page or file before. */
  cursor?: string;
}

/** `limit` is 1 to 200, 100 by default. */
export interface AuditQuery extends AuditFilter {
  limit?: number;
}

/** Entries as a file. With `next_cursor` it is full, and the next file begins there. */
export interface AuditExport {
  file: File;
  next_cursor?: string;
}

/** What was done to a workspace by whom; for managers. */
export function auditLogApi(http: Http) {
  const path = (workspaceId: string) => `/api/workspaces/${segment(workspaceId)}/audit-log`;
  return {
    /**
     * Newest first, with what was there `before` and `after`. Go on with `next_cursor`. A bare number is the limit.
     *
     * @example
     * const { audit_log_entries } = await client.auditLog.list(workspace.id, {
     *   action: ["member.removed", "member.role_changed"],
     *   since: "2026-05-01T00:00:00Z",
     * });
     */
    list: (workspaceId: string, page: number | AuditQuery = {}, options?: CallOptions) =>
      http.request<Answer<"get", "/api/workspaces/{workspace_id}/audit-log">>("GET", path(workspaceId), {
        ...options,
        query: filterQuery(typeof page === "number" ? { limit: page } : page),
      }),

    /**
     * The same as a file, CSV (RFC 4180, with a line of names) or JSON. The export is an entry itself.
     *
     * @example
     * const { file } = await client.auditLog.export(workspace.id, { format: "csv" });
     * link.download = file.name;
     * link.href = URL.createObjectURL(file);
     */
    export: async (
      workspaceId: string,
      input: AuditFilter & { format: "csv" | "json" },
      options?: CallOptions,
    ): Promise<AuditExport> => {
      const { blob, headers } = await http.download(`${path(workspaceId)}/export`, {
        timeout_ms: EXPORT_TIMEOUT_MS,
        ...options,
        query: filterQuery(input),
      });
      const next_cursor = headers.get("x-next-cursor");
      const file = new File([blob], `audit-log.${input.format}`, { type: blob.type });
      return { file, ...(next_cursor && { next_cursor }) };
    },
  };
}

function filterQuery({ action, ...rest }: AuditQuery & { format?: string }): Query {
  return { ...rest, action: typeof action === "object" ? action.join(",") : action };
}
