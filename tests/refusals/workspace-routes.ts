import { FORM_TYPE } from "../support/form.ts";
import { type Entry, workspace } from "./entry.ts";
import { type Ids, pictureForm, type World } from "./world.ts";

const ws = (ids: Ids) => `/api/workspaces/${ids.workspace_id}`;
const MANAGERS: Partial<Entry> = { guest: 403, bots: "refused", managers: true };
const bot = (ids: Ids) => `${ws(ids)}/bots/${ids.bot_user_id}`;

/** Ways in which an owner loses a workspace: one made for the occasion, with the same people. */
function ending(path: (workspace_id: string) => string, rest: Partial<Entry>): Entry {
  const made = new Map<string, string>();
  return {
    reach: "workspace",
    guest: 403,
    bots: "refused",
    managers: true,
    async ask(ids, w) {
      const workspace_id = made.get(ids.nonce) ?? (await another(w, ids.nonce));
      made.set(ids.nonce, workspace_id);
      return { path: path(workspace_id), body: { user_id: w.member.user.id } };
    },
    ...rest,
  };
}

async function another({ t, owner, member, guest }: World, name: string): Promise<string> {
  const { id } = (await t.call(owner, "POST", "/api/workspaces", { name })).body.workspace;
  for (const [who, role] of [
    [member, "member"],
    [guest, "guest"],
  ] as const)
    await t.call(owner, "PUT", `/api/workspaces/${id}/members/${who.user.id}`, { role });
  return id;
}

/** Routes about a workspace and who is in it. */
export const workspaces: Record<string, Entry> = {
  "GET /api/workspaces/{workspace_id}": workspace(ws, { guest: 200 }),
  "PATCH /api/workspaces/{workspace_id}": workspace(ws, {
    guest: 403,
    bots: "refused",
    managers: true,
    body: () => ({ name: "Harbour" }),
  }),
  "DELETE /api/workspaces/{workspace_id}": ending((id) => `/api/workspaces/${id}`, { status: 204 }),
  "POST /api/workspaces/{workspace_id}/transfer-ownership": ending(
    (id) => `/api/workspaces/${id}/transfer-ownership`,
    {},
  ),
  "GET /api/workspaces/{workspace_id}/members": workspace((ids) => `${ws(ids)}/members`, { guest: 200 }),
  "GET /api/workspaces/{workspace_id}/moderation/members": workspace(
    (ids) => `${ws(ids)}/moderation/members`,
    MANAGERS,
  ),
  "PATCH /api/workspaces/{workspace_id}/moderation/members/{user_id}": workspace(
    (ids) => `${ws(ids)}/moderation/members/${ids.user_id}`,
    { ...MANAGERS, body: (ids) => ({ moderation_note: ids.nonce }) },
  ),
  "PUT /api/workspaces/{workspace_id}/members/{user_id}": workspace(
    (ids) => `${ws(ids)}/members/${ids.user_id}`,
    MANAGERS,
  ),
  "PATCH /api/workspaces/{workspace_id}/members/{user_id}": workspace((ids) => `${ws(ids)}/members/${ids.user_id}`, {
    guest: 403,
    bots: "refused",
    managers: true,
    body: () => ({ role: "guest" }),
  }),
  "DELETE /api/workspaces/{workspace_id}/members/{user_id}": workspace((ids) => `${ws(ids)}/members/${ids.user_id}`, {
    guest: 403,
    bots: "refused",
    managers: true,
  }),
  "POST /api/workspaces/{workspace_id}/members/{user_id}/sign-in-link": workspace(
    (ids) => `${ws(ids)}/members/${ids.user_id}/sign-in-link`,
    { guest: 403, status: 201, bots: "refused", managers: true },
  ),
  "POST /api/workspaces/{workspace_id}/invites": workspace((ids) => `${ws(ids)}/invites`, {
    guest: 403,
    status: 201,
    bots: "refused",
    managers: true,
    body: () => ({}),
  }),
  "GET /api/workspaces/{workspace_id}/invites": workspace((ids) => `${ws(ids)}/invites`, {
    guest: 403,
    bots: "refused",
    managers: true,
  }),
  "DELETE /api/invites/{invite}": workspace((ids) => `/api/invites/${ids.invite_id}`, {
    guest: 403,
    bots: "refused",
    managers: true,
  }),
  "GET /api/workspaces/{workspace_id}/presence": workspace((ids) => `${ws(ids)}/presence`, { guest: 200 }),
  "GET /api/workspaces/{workspace_id}/threads": workspace((ids) => `${ws(ids)}/threads`, { guest: 200 }),
  "GET /api/workspaces/{workspace_id}/channels": workspace((ids) => `${ws(ids)}/channels`, { guest: 200 }),
  "POST /api/workspaces/{workspace_id}/channels": workspace((ids) => `${ws(ids)}/channels`, {
    guest: 403,
    status: 201,
    body: (ids) => ({ name: `new-${ids.nonce}` }),
  }),
  "GET /api/dms": workspace((ids) => `/api/dms?workspace_id=${ids.workspace_id}`, { guest: 200 }),
  "GET /api/me/saved": workspace((ids) => `/api/me/saved?workspace_id=${ids.workspace_id}`, { guest: 200 }),
  "GET /api/me/drafts": workspace((ids) => `/api/me/drafts?workspace_id=${ids.workspace_id}`, {
    guest: 200,
    bots: "refused",
  }),
  "GET /api/workspaces/{workspace_id}/topics": workspace((ids) => `${ws(ids)}/topics`, { guest: 200 }),
  "POST /api/workspaces/{workspace_id}/topics": workspace((ids) => `${ws(ids)}/topics`, {
    guest: 403,
    status: 201,
    body: (ids) => ({ name: `topic-${ids.nonce}` }),
  }),
  "POST /api/dms": workspace(() => "/api/dms", {
    guest: 403,
    status: 201,
    body: (ids) => ({ workspace_id: ids.workspace_id, member_ids: [ids.user_id] }),
  }),
  "POST /api/uploads": {
    reach: "workspace",
    guest: 201,
    status: 201,
    ask: async (ids) => ({
      path: `/api/uploads?workspace_id=${ids.workspace_id}`,
      body: await pictureForm(),
      headers: { "content-type": FORM_TYPE },
    }),
  },
  // A nonce is its author's: anybody else's is none.
  "GET /api/uploads/by-nonce": workspace(
    (ids) => `/api/uploads/by-nonce?workspace_id=${ids.workspace_id}&nonce=${ids.nonce.replace("nonce", "picture")}`,
    { guest: 404 },
  ),
  "GET /api/messages/by-nonce": workspace(
    (ids) => `/api/messages/by-nonce?workspace_id=${ids.workspace_id}&nonce=${ids.nonce}`,
    { guest: 404 },
  ),
  "GET /api/realtime/events": workspace((ids) => `/api/realtime/events?workspace_id=${ids.workspace_id}`, {
    guest: 200,
  }),
  // Without a server under it the handshake fails after every check: that is how far the allowed come.
  "GET /api/realtime/ws": {
    reach: "workspace",
    guest: 400,
    status: 400,
    ask: (ids) => ({
      path: `/api/realtime/ws?workspace_id=${ids.workspace_id}`,
      headers: { connection: "Upgrade", upgrade: "websocket" },
    }),
  },
};

/** Routes about its bots. */
export const bots: Record<string, Entry> = {
  "GET /api/workspaces/{workspace_id}/bots": workspace((ids) => `${ws(ids)}/bots`, { guest: 403, bots: "refused" }),
  "POST /api/workspaces/{workspace_id}/bots": workspace((ids) => `${ws(ids)}/bots`, {
    guest: 403,
    status: 201,
    bots: "refused",
    managers: true,
    body: () => ({ display_name: "Claw" }),
  }),
  "DELETE /api/workspaces/{workspace_id}/bots/{bot_user_id}/membership": workspace((ids) => `${bot(ids)}/membership`, {
    guest: 403,
    status: 204,
    bots: "refused",
    managers: true,
  }),
  "DELETE /api/bots/{bot_user_id}": workspace((ids) => `/api/bots/${ids.bot_user_id}`, {
    guest: 403,
    bots: "refused",
    managers: true,
  }),
  "GET /api/workspaces/{workspace_id}/bots/{bot_user_id}/tokens": workspace((ids) => `${bot(ids)}/tokens`, {
    guest: 403,
    bots: "refused",
  }),
  "POST /api/workspaces/{workspace_id}/bots/{bot_user_id}/tokens": workspace((ids) => `${bot(ids)}/tokens`, {
    guest: 403,
    status: 201,
    bots: "refused",
    managers: true,
    body: () => ({}),
  }),
  "GET /api/bots/{bot_user_id}/tokens": workspace((ids) => `/api/bots/${ids.bot_user_id}/tokens`, {
    guest: 403,
    bots: "refused",
  }),
  "POST /api/bots/{bot_user_id}/tokens": workspace((ids) => `/api/bots/${ids.bot_user_id}/tokens`, {
    guest: 403,
    status: 201,
    bots: "refused",
    managers: true,
    body: () => ({}),
  }),
  "POST /api/bot-tokens/{token_id}/revoke": workspace((ids) => `/api/bot-tokens/${ids.token_id}/revoke`, {
    guest: 403,
    bots: "refused",
    managers: true,
  }),
  "POST /api/workspaces/{workspace_id}/bots/{bot_user_id}/setup-codes": workspace((ids) => `${bot(ids)}/setup-codes`, {
    guest: 403,
    status: 201,
    bots: "refused",
    managers: true,
    body: () => ({}),
  }),
  "GET /api/workspaces/{workspace_id}/bot-commands": workspace((ids) => `${ws(ids)}/bot-commands`, { guest: 200 }),
  "PUT /api/bots/self/commands": {
    reach: "person",
    by: "bot",
    ask: () => ({ path: "/api/bots/self/commands", body: { commands: [] } }),
  },
};
