import type { LogEvent } from "./events.ts";

/** Types after which somebody may read more or less than before. */
const CHANGES_RIGHTS: ReadonlySet<string> = new Set([
  "member.joined",
  "member.left",
  "member.updated",
  "channel.member_added",
  "channel.member_removed",
  "dm.created",
]);

const NOBODY: readonly string[] = [];

/** Whose topics an event changes. The rights of everybody else stay as they are. */
export function whoseRights({ topic, event }: { topic: string; event: LogEvent }): readonly string[] {
  if (!CHANGES_RIGHTS.has(event.type)) return NOBODY;
  const { user_id, user_ids } = event.payload;
  const named = Array.isArray(user_ids) ? user_ids.filter((id) => typeof id === "string") : [];
  if (typeof user_id === "string") named.push(user_id);
  // A private event changes the rights of the person it is for.
  if (named.length === 0 && topic.startsWith("usr:")) named.push(topic.slice("usr:".length));
  return named;
}
