import type { ClickClackEvent } from "@clickclack/protocol";
import type { Shelf } from "./shelf.svelte.ts";
import type { Stores } from "./stores.ts";

/** What is listed beside the conversations: the reader's drafts, groups of people, topics, and reports that are open. */
export function applyShelves(stores: Stores, event: ClickClackEvent): void {
  const { drafts, groups, topics, reports } = stores.shelves;
  switch (event.type) {
    case "draft.updated":
      return put(drafts, event.payload.target_id, event.payload.draft);
    case "draft.deleted":
      return drafts.set(event.payload.target_id, undefined);
    case "group.created":
    case "group.updated":
      return put(groups, event.payload.group_id, event.payload.group);
    case "group.deleted":
      return groups.set(event.payload.group_id, undefined);
    case "topic.created":
    case "topic.updated":
      return put(topics, event.payload.topic_id, event.payload.topic);
    case "report.created":
      return reports.set(event.payload.report_id, event.payload.message_id);
    case "report.updated":
      return reports.set(
        event.payload.report_id,
        event.payload.status === "open" ? event.payload.message_id : undefined,
      );
  }
}

/** A frame may come without the thing itself, which is then fetched. */
function put<T>(shelf: Shelf<T>, id: string, one: T | undefined): void {
  if (one !== undefined) shelf.set(id, one);
}
