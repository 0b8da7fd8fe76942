/** What only some views list: opened for the comparison, and shown as plain data. */
import { type ClickClackClient, ClickClackError } from "@clickclack/sdk";
import type { Core } from "../../web/src/state/lists.ts";

const PAGE = 200;

/** Each as far as the reader may have it: bots keep no drafts, guests see no groups, reports are for managers. */
export async function openShelves({ shelves }: Core, workspace_id: string, client: ClickClackClient): Promise<void> {
  await shelves.topics.open(async () => {
    const { topics } = await client.topics.list(workspace_id);
    return topics.map((one) => [one.id, one]);
  });
  await shelves.drafts.open(() =>
    orNone(async () => {
      const { drafts } = await client.drafts.list(workspace_id, { limit: PAGE });
      return drafts.map((one) => [one.target_id, one]);
    }),
  );
  await shelves.groups.open(() =>
    orNone(async () => {
      const { groups } = await client.groups.list(workspace_id);
      return groups.map((one) => [one.id, one]);
    }),
  );
  await shelves.reports.open(() =>
    orNone(async () => {
      const { reports } = await client.reports.list(workspace_id, { status: "open", limit: PAGE });
      return reports.map((one) => [one.id, one.message_id]);
    }),
  );
}

async function orNone<T>(fetch: () => Promise<[string, T][]>): Promise<[string, T][]> {
  return fetch().catch((error: unknown) => {
    if (error instanceof ClickClackError && (error.status === 403 || error.status === 404)) return [];
    throw error;
  });
}

export function pictureOfShelves({ shelves: { topics, drafts, groups, reports } }: Core) {
  const sorted = <T>(entries: [string, T][]) => entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    topics: sorted(topics.entries()),
    drafts: sorted(drafts.entries()),
    groups: sorted(groups.entries()),
    reports: sorted(reports.entries()),
  };
}
