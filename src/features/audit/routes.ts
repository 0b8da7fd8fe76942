import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { attachmentReply } from "../../http/file-reply.ts";
import { pageLimit } from "../../http/page.ts";
import { ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { listAudit } from "./audit.ts";
import { createExports } from "./export.ts";
import { AuditQuery, AuditReply, ExportQuery, WorkspaceParams } from "./schema.ts";

const tag = "audit";

export function auditRoutes(router: Router, db: Database): void {
  const exportAudit = createExports(db);
  router.on(
    {
      method: "get",
      path: "/api/workspaces/{workspace_id}/audit-log",
      tag,
      summary: "What was done here, newest first",
      access: "human",
      params: WorkspaceParams,
      query: AuditQuery,
      responses: { 200: AuditReply },
    },
    async ({ actor, params, query }) => {
      const limit = pageLimit(query.limit, LIMITS.audit_page_default, LIMITS.audit_page_max);
      return ok(await listAudit(db, actor, params.workspace_id, { ...query, limit }));
    },
  );
  router.on(
    {
      method: "get",
      path: "/api/workspaces/{workspace_id}/audit-log/export",
      tag,
      summary: "The same as a file, JSON or CSV",
      access: "human",
      params: WorkspaceParams,
      query: ExportQuery,
      media: "application/octet-stream",
      responses: {},
    },
    async ({ actor, params, query }) => {
      const { format = "json", ...filters } = query;
      const { next_cursor, ...file } = await exportAudit(actor, params.workspace_id, filters, format);
      return attachmentReply(file, next_cursor === undefined ? {} : { "x-next-cursor": next_cursor });
    },
  );
}
