/** Each route of the contract, asked by each role: who may is what the table says, and nobody else. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openApiDocument } from "../../src/app.ts";
import type { Entry } from "../refusals/entry.ts";
import { ROUTES } from "../refusals/routes.ts";
import { type Ids, place, session, type World, world } from "../refusals/world.ts";
import { newcomer } from "../support/newcomer.ts";
import type { Player } from "../support/test-app.ts";
import { MATRIX, ROLES, type RoleLetter } from "./table.ts";

interface Stage {
  w: World;
  blocked: Player;
  /** What reading routes are asked about; acts get a place of their own. */
  read: Partial<Record<"open" | "direct", Ids>>;
}

async function open(): Promise<Stage> {
  const w = await world();
  const blocked = await newcomer(w.t, "blocked", "member");
  const path = `/api/workspaces/${w.t.workspace.id}/moderation/members/${blocked.user.id}`;
  const { status } = await w.t.call(w.owner, "PATCH", path, { blocked: true });
  expect(status).toBe(200);
  return { w, blocked, read: {} };
}

let shared: Stage;
beforeAll(async () => {
  shared = await open();
});
afterAll(() => shared.w.t.close());

const paths = openApiDocument().paths as Record<string, Record<string, unknown>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

test("the matrix lists the routes of the contract, all of them and no other", () => {
  expect(Object.keys(MATRIX).toSorted()).toEqual(operations.toSorted());
});

/** Somewhere the owner said something, and where the guest was let in. */
async function somewhere({ w, read }: Stage, name: string, entry: Entry): Promise<Ids> {
  const kind = entry.in?.every((one) => one === "direct") ? "direct" : "open";
  const isRead = name.startsWith("GET ");
  const known = isRead ? read[kind] : undefined;
  if (known) return known;
  const ids = await place(w, kind);
  if (kind === "open") {
    const path = `/api/channels/${ids.channel_id}/members/${w.guest.user.id}`;
    expect((await w.t.call(w.owner, "PUT", path)).status).toBe(200);
  }
  if (isRead) read[kind] = ids;
  return ids;
}

function playerOf({ w, blocked }: Stage, letter: RoleLetter): Player {
  return { O: w.owner, M: w.moderator, U: w.member, G: w.guest, B: w.bot, R: blocked }[letter];
}

async function asks(stage: Stage, name: string, entry: Entry, letter: RoleLetter): Promise<boolean> {
  const { t } = stage.w;
  const ids = await somewhere(stage, name, entry);
  const player = playerOf(stage, letter);
  // An act may end the session it was done by.
  const who = letter === "B" ? player : await session(stage.w, player);
  const { path, body, headers } = await entry.ask(ids, stage.w);
  const method = name.split(" ")[0] ?? "";
  if (entry.file) return (await t.fetch(who, path, { method })).status < 400;
  const { status } = await t.call(who, method, path, body, headers ? { headers } : {});
  // A handshake that was let in fails for want of a server under it.
  return status < 400 || (name === "GET /api/realtime/ws" && status === 400);
}

test.each(Object.entries(MATRIX))("%s", async (name, row) => {
  const entry = ROUTES[name];
  if (!entry || row.who === "anybody") return;
  let may = "";
  for (const letter of ROLES) {
    const stage = row.ends ? await open() : shared;
    may += (await asks(stage, name, entry, letter)) ? letter : ".";
    if (row.ends) await stage.w.t.close();
  }
  expect([name, may]).toEqual([name, [...ROLES].map((one) => (row.who.includes(one) ? one : ".")).join("")]);
});
