/** Every route of the contract refuses whom it has to, and names nothing of what it hides. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApiDocument } from "../../src/app.ts";
import type { Player } from "../support/test-app.ts";
import type { Entry } from "./entry.ts";
import { ROUTES } from "./routes.ts";
import { type Ids, type Kind, nowhere, place, type World, world } from "./world.ts";

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.t.close());

const paths = openApiDocument().paths as Record<string, Record<string, unknown>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

test("the table lists the routes of the contract, all of them and no other", () => {
  expect(Object.keys(ROUTES).toSorted()).toEqual(operations.toSorted());
});

interface Heard {
  status: number;
  code?: string;
  error?: string;
}

async function knock(who: Player | undefined, name: string, entry: Entry, ids: Ids): Promise<Heard> {
  const { path, body, headers } = await entry.ask(ids, w);
  const method = name.split(" ")[0] ?? "";
  if (entry.file) {
    const response = await w.t.fetch(who, path, { method });
    const isRefusal = response.status >= 400;
    return heard(response.status, isRefusal ? ((await response.json()) as Record<string, string>) : {});
  }
  const answer = await w.t.call(who, method, path, body, headers ? { headers } : {});
  return heard(answer.status, answer.status >= 400 ? answer.body : {});
}

const heard = (status: number, { code, error }: Record<string, string>): Heard => ({
  status,
  ...(code !== undefined && { code }),
  ...(error !== undefined && { error }),
});

/** What has been said and what has happened so far: a refusal adds nothing to it. */
async function ledger(): Promise<unknown> {
  return w.t.db.read((tx) =>
    tx.get(
      `SELECT (SELECT COUNT(*) FROM messages) AS messages, (SELECT COUNT(*) FROM events) AS events,
         (SELECT COUNT(*) FROM standings) AS standings, (SELECT COUNT(*) FROM thread_follows) AS follows,
         (SELECT COUNT(*) FROM channel_members) AS members, (SELECT COUNT(*) FROM uploads) AS uploads,
         (SELECT COUNT(*) FROM bot_tokens) AS tokens, (SELECT COUNT(*) FROM invites) AS invites,
         (SELECT COUNT(*) FROM saved_messages) AS saved, (SELECT COUNT(*) FROM drafts) AS drafts,
         (SELECT COUNT(*) FROM topics) AS topics,
         (SELECT COUNT(*) FROM user_groups) AS groups, (SELECT COUNT(*) FROM user_group_members) AS grouped,
         (SELECT COUNT(*) FROM reports) AS reports, (SELECT COUNT(*) FROM audit_log_entries) AS acts`,
    ),
  );
}

const REFUSED: Record<number, string> = { 401: "unauthenticated", 403: "forbidden", 404: "not_found" };

async function requireRefusal(name: string, label: string, who: Player | undefined, ids: Ids, status: number) {
  const entry = ROUTES[name];
  if (!entry) return;
  const answer = await knock(who, name, entry, ids);
  expect([name, label, answer.status, answer.code]).toEqual([name, label, status, REFUSED[status]]);
}

describe.each(Object.entries(ROUTES))("%s", (name, entry) => {
  const kinds: Kind[] = entry.in ?? ["open"];
  const isGuestLetIn = (entry.guest ?? 0) <= 400;
  const allowed = () => (entry.reach === "anybody" ? undefined : entry.by === "bot" ? w.bot : w.owner);

  test("answers whoever may", async () => {
    for (const kind of kinds) {
      const answer = await knock(allowed(), name, entry, await place(w, kind));
      expect([name, kind, answer]).toEqual([name, kind, expect.objectContaining({ status: entry.status ?? 200 })]);
    }
  });

  if (entry.reach === "anybody") return;

  test("refuses nobody, strangers, guests, who was removed, and bots without the right", async () => {
    const ids = await place(w, kinds[0] ?? "open");
    // Some acts need another one first, which is not to count as theirs.
    await entry.ask(ids, w);
    const before = await ledger();
    await requireRefusal(name, "nobody", undefined, ids, 401);
    if (entry.bots !== "unscoped") await requireRefusal(name, "a bot without the scope", w.narrow, ids, 403);
    if (entry.bots === "refused") await requireRefusal(name, "a bot", w.bot, ids, 403);
    if (entry.by === "bot") for (const who of [w.owner, w.member]) await requireRefusal(name, "people", who, ids, 403);
    if (entry.reach !== "person") {
      await requireRefusal(name, "an outsider", w.outsider, ids, 404);
      await requireRefusal(name, "a removed member", w.gone, ids, 404);
      await requireRefusal(name, "a bot of elsewhere", w.foreign, ids, entry.bots === "refused" ? 403 : 404);
      if (entry.managers && kinds[0] === "open") await requireRefusal(name, "a member", w.member, ids, 403);
      if (!isGuestLetIn) await requireRefusal(name, "a guest", w.guest, ids, entry.guest ?? 0);
    }
    expect(await ledger()).toEqual(before);
    if (entry.reach !== "person" && isGuestLetIn)
      expect([name, (await knock(w.guest, name, entry, ids)).status]).toEqual([name, entry.guest ?? 0]);
  });

  test.each(kinds.filter((kind) => kind !== "open"))(
    "in a place that is %s is as if there were nothing, for everybody who is not in it",
    async (kind) => {
      const ids = await place(w, kind);
      await entry.ask(ids, w);
      const before = await ledger();
      for (const who of [w.moderator, w.member, w.guest, w.bot, w.outsider, w.foreign]) {
        const there = await knock(who, name, entry, ids);
        const absent = await knock(who, name, entry, nowhere(ids));
        expect([name, who.user.handle, there]).toEqual([name, who.user.handle, absent]);
        const isBot = who === w.bot || who === w.foreign;
        expect([name, who.user.handle, there.status]).toEqual([
          name,
          who.user.handle,
          isBot && entry.bots === "refused" ? 403 : 404,
        ]);
      }
      expect(await ledger()).toEqual(before);
    },
  );
});
