import type { Entry } from "./entry.ts";
import type { Ids, World } from "./world.ts";

const list = (ids: Ids) => `/api/workspaces/${ids.workspace_id}/groups`;

/** The group of this place, made when it is first asked for. */
async function group(ids: Ids, { t, owner }: World): Promise<string> {
  const handle = `crew-${ids.nonce}`;
  await t.call(owner, "POST", list(ids), { handle, name: "Crew", member_ids: [owner.user.id] });
  const { groups } = (await t.call(owner, "GET", list(ids))).body;
  return `/api/groups/${groups.find((one: { handle: string }) => one.handle === handle)?.id}`;
}

const one = (rest: Partial<Entry>, path: (ids: Ids, w: World) => string = () => "", body?: unknown): Entry => ({
  reach: "workspace",
  guest: 404,
  async ask(ids, w) {
    return { path: `${await group(ids, w)}${path(ids, w)}`, ...(body !== undefined && { body }) };
  },
  ...rest,
});
const managed = { bots: "refused", managers: true } as const;

/** Routes about groups of people, which guests do not see. */
export const groups: Record<string, Entry> = {
  "GET /api/workspaces/{workspace_id}/groups": { reach: "workspace", guest: 403, ask: (ids) => ({ path: list(ids) }) },
  "POST /api/workspaces/{workspace_id}/groups": {
    reach: "workspace",
    guest: 403,
    status: 201,
    ...managed,
    ask: (ids) => ({ path: list(ids), body: { handle: `new-${ids.nonce}`, name: "New" } }),
  },
  "GET /api/groups/{group_id}": one({}),
  "PATCH /api/groups/{group_id}": one(managed, undefined, { name: "The crew" }),
  "DELETE /api/groups/{group_id}": one(managed),
  "PUT /api/groups/{group_id}/members/{user_id}": one(managed, (ids) => `/members/${ids.user_id}`),
  "DELETE /api/groups/{group_id}/members/{user_id}": one(managed, (_ids, w) => `/members/${w.owner.user.id}`),
};
