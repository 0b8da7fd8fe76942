import { conversation, type Entry, workspace } from "./entry.ts";
import { type Ids, session, type World } from "./world.ts";

const ws = (ids: Ids) => `/api/workspaces/${ids.workspace_id}`;
const managed = { guest: 403, bots: "refused", managers: true } as const;

const theirs = new Map<string, string>();

/** What the other one said in a place, who is let into it for that; nobody reports their own words. */
async function said(ids: Ids, w: World): Promise<string> {
  const known = theirs.get(ids.message_id);
  if (known !== undefined) return known;
  if (/^msg_0+$/.test(ids.message_id)) return ids.message_id;
  const friend = await session(w, { user: { ...w.member.user, id: ids.user_id }, token: "" });
  const base = ids.channel_id ? `/api/channels/${ids.channel_id}` : `/api/dms/${ids.conversation_id}`;
  if (ids.channel_id) await w.t.call(w.owner, "PUT", `${base}/members/${ids.user_id}`);
  const { body } = await w.t.call(friend, "POST", `${base}/messages`, { body: "rude" });
  theirs.set(ids.message_id, body.message.id);
  return body.message.id;
}

/** Routes by which managers keep order, and know of what they did. */
export const order: Record<string, Entry> = {
  "GET /api/workspaces/{workspace_id}/audit-log": workspace((ids) => `${ws(ids)}/audit-log`, managed),
  "GET /api/workspaces/{workspace_id}/audit-log/export": workspace((ids) => `${ws(ids)}/audit-log/export`, {
    ...managed,
    file: true,
  }),
  "GET /api/workspaces/{workspace_id}/reports": workspace((ids) => `${ws(ids)}/reports`, managed),
  "POST /api/messages/{message_id}/report": {
    ...conversation(["open", "hidden", "direct"], () => ""),
    bots: "refused",
    status: 201,
    async ask(ids, w) {
      return { path: `/api/messages/${await said(ids, w)}/report`, body: { reason: "Rude" } };
    },
  },
  "PATCH /api/reports/{report_id}": {
    ...workspace(() => "", managed),
    async ask(ids, w) {
      const reported = await w.t.call(w.owner, "POST", `/api/messages/${await said(ids, w)}/report`, {
        reason: "Rude",
      });
      return { path: `/api/reports/${reported.body.report.id}`, body: { status: "resolved" } };
    },
  },
};
