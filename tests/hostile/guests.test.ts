/** A guest knows the channels they were added to, and strangers none: what is open to members is closed to them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openApiDocument } from "../../src/app.ts";
import { ROUTES } from "../refusals/routes.ts";
import { type Ids, place, type World, world } from "../refusals/world.ts";
import type { Player } from "../support/test-app.ts";

let w: World;
/** An open channel that the guest is not in, and with all that hangs on it. */
let club: Ids;
let group_id: string;
beforeAll(async () => {
  w = await world();
  club = await place(w, "open");
  const base = `/api/channels/${club.channel_id}`;
  await must("PATCH", base, { name: "kestrel-club", purpose: "kestrel purpose", display_title: "Kestrel kestrel" });
  await must("PATCH", `/api/topics/${club.topic_id}`, { name: "kestrel topic" });
  const { message } = await must("POST", `${base}/messages`, { body: "kestrel sings @guest @raptors" });
  await must("POST", `/api/messages/${message.id}/thread/replies`, { body: "kestrel reply @guest" });
  await must("POST", `${base}/pins`, { message_id: message.id });
  const group = { name: "kestrel people", handle: "raptors", member_ids: [w.guest.user.id] };
  group_id = (await must("POST", ws("/groups"), group)).group.id;
  await must("PUT", `/api/channels/${w.t.general.id}/members/${w.guest.user.id}`);
});
afterAll(() => w.t.close());

const ws = (path = "") => `/api/workspaces/${w.t.workspace.id}${path}`;
async function must(method: string, path: string, body?: unknown) {
  const answer = await w.t.call(w.owner, method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body?.error}`);
  return answer.body;
}

const paths = openApiDocument().paths as Record<string, Record<string, unknown>>;

/** Everything that can be read, about the club where something is to be named. */
function doors(): string[] {
  const names: Record<string, string> = {
    ...club,
    target_id: club.channel_id,
    workspace_route_id: club.workspace_route,
    target_route_id: club.target_route,
    group_id,
  };
  return Object.keys(paths)
    .filter((path) => paths[path]?.["get"])
    .flatMap((path) => {
      const url = path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? "none");
      const base = `${url}?workspace_id=${club.workspace_id}`;
      return path === "/api/search"
        ? ["sings", "kestrel", "in:kestrel-club sings"].map((q) => `${base}&q=${q}`)
        : [base];
    });
}

test("neither reads a word of it, by any door", async () => {
  const strangers: (Player | undefined)[] = [w.guest, w.outsider, w.gone, w.foreign, undefined];
  for (const who of strangers)
    for (const path of doors()) {
      const text = await (await w.t.fetch(who, path)).text();
      if (/kestrel/i.test(text.replace(/"query":"[^"]*"/, "")))
        expect([who?.user.handle, path, text.slice(0, 3000)]).toEqual([]);
    }
  const seen = await Promise.all(doors().map(async (path) => (await w.t.fetch(w.member, path)).text()));
  expect(seen.filter((text) => /kestrel/i.test(text)).length).toBeGreaterThan(8);
});

test("nor is a guest called there, by name or with a group", async () => {
  const rows = await w.t.db.read((tx) => tx.all("SELECT 1 FROM mentions WHERE user_id = ?", w.guest.user.id));
  expect(rows).toEqual([]);
});

test("nothing that a guest may not do says more than that", async () => {
  for (const [name, entry] of Object.entries(ROUTES)) {
    if (entry.reach !== "conversation" || !entry.in?.includes("open") || entry.by === "bot") continue;
    const { path, body, headers } = await entry.ask(club, w);
    const sent =
      body instanceof Uint8Array ? new Uint8Array(body) : body === undefined ? undefined : JSON.stringify(body);
    const init = { method: name.split(" ")[0] ?? "", headers: { "content-type": "application/json", ...headers } };
    const answer = await w.t.fetch(w.guest, path, sent === undefined ? init : { ...init, body: sent });
    expect([name, await answer.text()]).toEqual([name, expect.not.stringMatching(/kestrel/i)]);
  }
});
