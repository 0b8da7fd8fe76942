import { clientCommand } from "./client-command.ts";
import { oneLine, print, row } from "./output.ts";
import { directName } from "./people.ts";
import type { Session } from "./session.ts";
import { findWorkspace } from "./target.ts";

/** A channel, direct conversation or followed thread with something unread. */
interface Waiting {
  id: string;
  where: string;
  unread_count: number;
  mention_count: number;
}

export default clientCommand({
  name: "unread",
  description: "Say what is unread in channels, direct conversations and threads: clickclack unread",
  args: {},
  async run(session) {
    const workspace = await findWorkspace(session);
    const unread = await listUnread(session, workspace.id);
    const counts = ({ unread_count, mention_count }: Waiting) => [unread_count, mention_count];
    print(session.mode, {
      json: { workspace, unread },
      plain: unread.map((one) => row(one.id, one.where, ...counts(one))),
      human: unread.map((one) => row(one.where, `${one.unread_count} unread`, mentions(one), one.id)),
    });
  },
});

async function listUnread({ client }: Session, workspace_id: string): Promise<Waiting[]> {
  const [{ channels }, { conversations }, { threads }, { user }] = await Promise.all([
    client.channels.list(workspace_id),
    client.dms.list(workspace_id),
    client.threads.inbox(workspace_id, { filter: "unread" }),
    client.me(),
  ]);
  const counted = <T extends { id: string; unread_count?: number; mention_count?: number }>(one: T, where: string) => ({
    id: one.id,
    where,
    unread_count: one.unread_count ?? 0,
    mention_count: one.mention_count ?? 0,
  });
  const audible = channels.filter((channel) => !channel.hidden && !channel.archived_at);
  return [
    ...audible.map((channel) => ({ ...counted(channel, `#${channel.name}`), muted: channel.preference === "muted" })),
    ...conversations.map((one) => ({
      ...counted(one, directName(one, user.id)),
      muted: one.preference === "muted",
    })),
    ...threads.map(({ root, ...counts }) => ({
      ...counted({ id: root.id, ...counts }, `thread: ${oneLine(root.body).slice(0, 60)}`),
      muted: false,
    })),
  ]
    .filter((one) => one.mention_count > 0 || (one.unread_count > 0 && !one.muted))
    .map(({ muted: _muted, ...one }) => one);
}

function mentions({ mention_count }: Waiting): string {
  return mention_count === 0 ? "" : `${mention_count} ${mention_count === 1 ? "mention" : "mentions"}`;
}
