import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { pageLimit } from "../../http/page.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { closeReport, listReports, reportMessage } from "./reports.ts";
import {
  ClosedReportReply,
  CloseReportBody,
  MessageParams,
  ReportBody,
  ReportParams,
  ReportReply,
  ReportsQuery,
  ReportsReply,
  WorkspaceParams,
} from "./schema.ts";

const tag = "moderation";

export function reportRoutes(router: Router, db: Database): void {
  router.on(
    {
      method: "post",
      path: "/api/messages/{message_id}/report",
      tag,
      summary: "Tell those who manage the workspace of a message",
      access: "human",
      params: MessageParams,
      body: ReportBody,
      responses: { 201: ReportReply, 200: ReportReply },
    },
    async ({ actor, params, body }) => {
      const { report, is_new } = await reportMessage(db, actor, params.message_id, body);
      return is_new ? created({ report }) : ok({ report });
    },
  );
  router.on(
    {
      method: "get",
      path: "/api/workspaces/{workspace_id}/reports",
      tag,
      summary: "Reported messages, newest first",
      access: "human",
      params: WorkspaceParams,
      query: ReportsQuery,
      responses: { 200: ReportsReply },
    },
    async ({ actor, params, query: { status = "open", cursor, ...query } }) => {
      const limit = pageLimit(query.limit, LIMITS.report_page_default, LIMITS.report_page_max);
      return ok(await listReports(db, actor, params.workspace_id, { status, cursor, limit }));
    },
  );
  router.on(
    {
      method: "patch",
      path: "/api/reports/{report_id}",
      tag,
      summary: "Close a report",
      access: "human",
      params: ReportParams,
      body: CloseReportBody,
      responses: { 200: ClosedReportReply },
    },
    async ({ actor, params, body }) => ok(await closeReport(db, actor, params.report_id, body)),
  );
}
