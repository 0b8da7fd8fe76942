import type { App } from "../state/app.svelte.ts";
import { whole } from "./whole.ts";

/** Reports counted at most; nobody looks at a larger number. */
const PAGE = 100;

/** The reports that wait for somebody, for their count; events keep it. */
export async function openReports(app: App, workspace_id: string): Promise<void> {
  const fetch = async (): Promise<[string, string][]> => {
    const { reports } = await whole(app).reports.list(workspace_id, { status: "open", limit: PAGE });
    return reports.map((report) => [report.id, report.message_id]);
  };
  // The page itself says why the list cannot be had.
  await app.shelves.reports.open(fetch).catch(() => undefined);
}
