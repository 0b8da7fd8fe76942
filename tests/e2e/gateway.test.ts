/** A gateway written for ClickClack 0.7 on a line that breaks, and on a server that dies. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { newPlace, type Place } from "../binary/program.ts";
import { type Server, startServer } from "./support/executable.ts";
import { claimCode, type Gateway, type Stage, startGateway } from "./support/gateway.ts";
import { caller } from "./support/gateway-call.ts";
import { type Crew, musterCrew } from "./support/gateway-crew.ts";
import { type Line, openLine } from "./support/gateway-line.ts";
import { gatherTeam, type Question, type Team } from "./support/gateway-team.ts";
import { answerTo, type Event, fileFor, STEPS, workSaid } from "./support/gateway-turn.ts";
import { Log } from "./support/log.ts";

setDefaultTimeout(120_000);

const COMMANDS = [
  { command: "/status", description: "Say how it goes", args_hint: "[service]" },
  { command: "/help", description: "List what I can do" },
];
/** Acts of the people in one round. */
const ACTS = 45;

let place: Place;
let server: Server;
let line: Line;
let crew: Crew;
let gateway: Gateway;
let team: Team;
let socket: WebSocket;
const seen = new Log<{ type: string; payload: Record<string, unknown> }>("the owner's socket");
let first_cursor: string;

beforeAll(async () => {
  place = newPlace();
  server = await startServer(place);
  line = await openLine(server.port);
  crew = await musterCrew(server);
  const { owner, people, workspace_id, channels } = crew;
  socket = new WebSocket(`${server.url.replace("http", "ws")}/api/realtime/ws?workspace_id=${workspace_id}`, [
    `clickclack.bearer.${people[0].token}`,
  ]);
  socket.onmessage = ({ data }) => seen.push(JSON.parse(data as string));
  await seen.until("the end of the replay", ({ type }) => type === "realtime.ready");

  const bots = `/api/workspaces/${workspace_id}/bots`;
  const named = { display_name: "Pinch", handle: "pinch", initial_token: false };
  const { bot } = (await owner<{ bot: { id: string } }>("POST", bots, named)).body;
  await owner("PUT", `/api/channels/${channels.bridge}/members/${bot.id}`);
  const asked = { name: "gateway", scopes: ["bot:write", "agent_activity:write"] };
  const minted = await owner<{ setup_code: { code: string } }>("POST", `${bots}/${bot.id}/setup-codes`, asked);
  gateway = await startGateway(line.url, await claimCode(line.url, minted.body.setup_code.code), COMMANDS);
  first_cursor = gateway.cursor;
  team = gatherTeam(server.url, crew, bot.id);
});
afterAll(async () => {
  await gateway?.stop();
  await line?.end();
  await server?.stop("SIGKILL");
  place?.remove();
});

test("the setup code gave it a token, the workspace and a first channel", async () => {
  const call = caller(line.url, gateway.token);
  expect((await call<{ user: object }>("GET", "/api/me")).body.user).toMatchObject({ kind: "bot", handle: "pinch" });
  expect(gateway).toMatchObject({ workspace: { id: crew.workspace_id }, defaults: { defaultTo: "channel:general" } });
});

test("its commands are on the menu", async () => {
  await seen.until("the news of them", ({ type, payload }) => {
    return type === "bot_command.updated" && payload.bot_user_id === gateway.bot.id;
  });
  const path = `/api/workspaces/${crew.workspace_id}/bot-commands`;
  const { bot_commands } = (await crew.owner<{ bot_commands: object[] }>("GET", path)).body;
  expect(bot_commands).toMatchObject([...COMMANDS].toSorted((a, b) => (a.command < b.command ? -1 : 1)));
});

test("it answers each kind of question, and shows how it works", async () => {
  const {
    people: [ines],
    channels,
  } = crew;
  for (const task of ["thread", "channel", "file", "note", "status"] as const) {
    await team.ask(ines, channels.general, task);
  }
  await team.askDirectly(ines);
  const { id } = await team.ask(ines, channels.bridge, "work");
  const steps = () => seen.items.filter(({ payload }) => payload.turn_id === `turn:${id}` && payload.op === "append");
  await seen.settle("every step", () => steps().length === STEPS.length);
  expect(steps()).toMatchObject(
    STEPS.map((tool_name, index) => ({
      type: "agent.progress",
      payload: { user_id: gateway.bot.id, channel_id: channels.bridge, seq: index + 1, line: { tool_name } },
    })),
  );
  await caughtUp();
  expect(answered()).toEqual(asked());
  socket.close();
});

/** Twenty times, in this order; a server that dies is the worst. */
const ROUNDS: (keyof typeof BREAKS)[] = [
  ...(["live", "replay", "answer", "pull", "replay"] as const),
  ...(["answer", "live", "restart", "replay", "answer"] as const),
  ...(["pull", "live", "replay", "answer", "replay"] as const),
  ...(["live", "answer", "pull", "replay", "live"] as const),
];

const BREAKS: Record<"live" | "replay" | "pull" | "answer" | "restart", (round: number) => Promise<Stage | undefined>> =
  {
    /** The line breaks while people write and the gateway answers. */
    async live() {
      const acting = team.act(ACTS);
      const ended = await breakAfter(20);
      await acting;
      return ended;
    },
    /** It comes back to a pile of news, and the line breaks again in the middle of it. */
    async replay(round) {
      await missing(team.act(ACTS));
      // Now in the first bytes, now after some events, which it has time to handle.
      const isLate = round % 3 !== 0;
      const stopped = line.stopAfter(isLate ? 5000 + round * 1000 : 300, "sockets");
      line.release();
      await stopped;
      return breakAfter(isLate ? 2 : 0);
    },
    /** The same with a gateway that catches up over HTTP. */
    async pull(round) {
      gateway.recovery = "pull";
      await missing(team.act(ACTS));
      const stopped = line.stopAfter(4000 + round * 1000, "everything");
      line.release();
      await stopped;
      gateway.recovery = "replay";
      return breakAfter(0);
    },
    /** The server does what it was asked, and nobody hears of it. */
    async answer(round) {
      gateway.doubt = round % 2 === 0 ? "look-up" : "send-again";
      const swallowed = line.swallowAnswer(/^POST \/api\/(channels|dms|messages|uploads)/);
      const acting = team.act(ACTS);
      await swallowed;
      const ended = await breakAfter(0);
      await acting;
      return ended;
    },
    async restart() {
      const acting = team.act(ACTS);
      await handledMore(10);
      line.hold();
      const ended = gateway.ends.items.length;
      const killed = server.stop("SIGKILL");
      const back = killed.then(() => startServer(place, server.port));
      team.waitFor(back);
      server = await back;
      await gateway.ends.settle("the end of its connection", () => gateway.ends.items.length > ended);
      line.release();
      await acting;
      return gateway.ends.items[ended];
    },
  };

const MIDDLE: Partial<Record<keyof typeof BREAKS, Stage>> = { replay: "replaying", pull: "pulling" };

test("it lives through twenty disconnects", async () => {
  for (const [round, what] of ROUNDS.entries()) {
    // So that the breaks lie all along the way, and none before the one before it was overcome.
    const isFar = () => gateway.handled.items.length >= round * 50;
    await gateway.until(`round ${round}, ${what}`, () => gateway.stage === "live" && isFar());
    const stage = await BREAKS[what](round);
    if (MIDDLE[what]) expect({ round, stage }).toEqual({ round, stage: MIDDLE[what] });
  }
});

test("it handled every event of the log that it may see, each once, in order", async () => {
  await caughtUp();
  const handled = gateway.handled.items.map(({ id }) => id);
  const stored = visibleEvents();
  expect(handled).toEqual(stored.map(({ id }) => id));
  expect(handled.length).toBeGreaterThanOrEqual(1000);
  expect(gateway.ends.items.length).toBeGreaterThanOrEqual(ROUNDS.length);
  // What HTTP tells is the same log.
  expect(await pulled()).toEqual(handled);
  const types = new Set(stored.map(({ type }) => type));
  for (const type of ["message.created", "message.updated", "message.deleted", "thread.reply_created", "dm.created"]) {
    expect(types).toContain(type);
  }
});

test("it answered every question once, where it was asked", () => {
  expect(answered()).toEqual(asked());
  // Both ways of recovering from a lost answer were needed.
  expect(gateway.recovered["look-up"]).toBeGreaterThan(0);
  expect(gateway.recovered["send-again"]).toBeGreaterThan(0);
});

test("each piece of work is one row that grew, each file is there once", async () => {
  const rows = query<{ turn_id: string; body: string; kind: string }>(
    "SELECT turn_id, body, kind FROM messages WHERE author_id = ? AND turn_id IS NOT NULL ORDER BY turn_id",
    gateway.bot.id,
  );
  const work = team.questions.filter(({ task }) => task === "work");
  expect(rows).toEqual(
    work
      .map(({ id }) => ({ turn_id: `turn:${id}`, body: workSaid(STEPS.length), kind: "agent_commentary" }))
      .toSorted((a, b) => (a.turn_id < b.turn_id ? -1 : 1)),
  );
  const files = team.questions.filter(({ task }) => task === "file" || task === "note");
  expect(query<{ n: number }>("SELECT COUNT(*) AS n FROM uploads WHERE owner_id = ?", gateway.bot.id)).toEqual([
    { n: files.length },
  ]);
  for (const { id } of files) {
    const attached = query<{ upload_id: string }>(
      "SELECT a.upload_id FROM message_attachments a JOIN messages m ON m.id = a.message_id WHERE m.body = ?",
      answerTo(id),
    );
    expect(attached).toHaveLength(1);
    const url = `${server.url}/api/uploads/${attached[0]?.upload_id}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${crew.people[1].token}` } });
    expect(await response.text()).toBe(fileFor(id));
  }
});

test("what it knows is what the database says", () => {
  const messages = query<{ id: string; body: string }>(
    `SELECT id, body FROM messages WHERE deleted_at IS NULL AND conversation_id <> ? ORDER BY id`,
    crew.channels.back_room,
  );
  expect([...gateway.known].toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual(
    messages.map(({ id, body }) => [id, body]),
  );
});

async function handledMore(count: number): Promise<void> {
  const enough = gateway.handled.items.length + count;
  await gateway.until(`${count} more events`, () => gateway.handled.items.length >= enough);
}

/** Pulls the plug once so many more events have been handled; answers where that hit the gateway. */
async function breakAfter(count: number): Promise<Stage | undefined> {
  await handledMore(count);
  const ended = gateway.ends.items.length;
  line.cut();
  await gateway.ends.settle("the end of its connection", () => gateway.ends.items.length > ended);
  return gateway.ends.items[ended];
}

/** The gateway is away while this happens. */
async function missing(what: Promise<void>): Promise<void> {
  line.hold();
  await breakAfter(0);
  await what;
}

/** Settles when there is nothing to handle any more, the events of its own last answers included. */
async function caughtUp(): Promise<void> {
  const call = caller(server.url, gateway.token);
  for (;;) {
    const at = gateway.cursor;
    const path = `/api/realtime/events?workspace_id=${crew.workspace_id}&after_cursor=${at}&limit=1`;
    if ((await call<{ events: Event[] }>("GET", path)).body.events.length === 0) return;
    await gateway.until("the next event", () => gateway.cursor !== at);
  }
}

async function pulled(): Promise<string[]> {
  const call = caller(server.url, gateway.token);
  const ids: string[] = [];
  for (let cursor = first_cursor; ;) {
    const path = `/api/realtime/events?workspace_id=${crew.workspace_id}&after_cursor=${cursor}&limit=500`;
    const { events } = (await call<{ events: Event[] }>("GET", path)).body;
    if (events.length === 0) return ids;
    ids.push(...events.map(({ id }) => id));
    cursor = events.at(-1)?.cursor ?? "";
  }
}

function query<Row>(sql: string, ...values: string[]): Row[] {
  const db = new Database(join(place.data, "clickclack.db"), { readonly: true });
  try {
    return db.query<Row, string[]>(sql).all(...values);
  } finally {
    db.close();
  }
}

/** From the table itself, by the audiences that the bot belongs to. */
function visibleEvents(): { id: string; type: string }[] {
  return query(
    `SELECT id, type FROM events WHERE workspace_id = ?1 AND cursor > ?2 AND (
       topic IN ('usr:' || ?3, 'usr:' || ?3 || ':dms', 'wsp:' || ?1 || ':all', 'wsp:' || ?1 || ':members', 'wsp:' || ?1 || ':messages')
       OR topic IN (SELECT 'chn:' || channel_id FROM channel_members WHERE user_id = ?3)
       OR topic IN (SELECT 'dm:' || conversation_id FROM direct_conversation_members WHERE user_id = ?3))
     ORDER BY cursor`,
    crew.workspace_id,
    first_cursor,
    gateway.bot.id,
  );
}

/** What the bot said, by the question: place, thread and file. */
function answered(): unknown[] {
  return query(
    `SELECT m.body, m.conversation_id AS place, m.parent_message_id AS thread, m.quoted_message_id AS quoted,
       (SELECT COUNT(*) FROM message_attachments a WHERE a.message_id = m.id) AS files
     FROM messages m WHERE m.author_id = ? AND m.kind = 'message' ORDER BY m.body`,
    gateway.bot.id,
  );
}

function asked(): unknown[] {
  const inThread = new Set<Question["task"]>(["thread", "note", "work", "within"]);
  return team.questions
    .map(({ id, task, place: asked_in, root }) => ({
      body: answerTo(id),
      place: asked_in,
      thread: inThread.has(task) ? root : null,
      quoted: task === "channel" ? id : null,
      files: task === "file" || task === "note" ? 1 : 0,
    }))
    .toSorted((a, b) => (a.body < b.body ? -1 : 1));
}
