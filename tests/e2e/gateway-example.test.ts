/** `examples/agent-gateway.ts` as a stranger runs it: with a code, killed, and started again without one. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { newPlace, type Place } from "../binary/program.ts";
import { type Server, startServer } from "./support/executable.ts";
import { type Crew, musterCrew } from "./support/gateway-crew.ts";
import { Log } from "./support/log.ts";

setDefaultTimeout(60_000);

interface Frame {
  type: string;
  payload: { message?: { author_id: string; body: string; parent_message_id?: string } };
}

let place: Place;
let server: Server;
let crew: Crew;
let bots: string;
let bot_id: string;
let socket: WebSocket;
let running: ReturnType<typeof startExample> | undefined;
const seen = new Log<Frame>("the owner's socket");

beforeAll(async () => {
  place = newPlace();
  server = await startServer(place);
  crew = await musterCrew(server);
  const { workspace_id, people, owner } = crew;
  bots = `/api/workspaces/${workspace_id}/bots`;
  const named = { display_name: "Pinch", handle: "pinch", initial_token: false };
  bot_id = (await owner<{ bot: { id: string } }>("POST", bots, named)).body.bot.id;
  const address = `${server.url.replace("http", "ws")}/api/realtime/ws?workspace_id=${workspace_id}`;
  socket = new WebSocket(address, [`clickclack.bearer.${people[0].token}`]);
  socket.onmessage = ({ data }) => seen.push(JSON.parse(data as string));
  await seen.until("the end of the replay", ({ type }) => type === "realtime.ready");
});
afterAll(async () => {
  running?.kill("SIGKILL");
  await running?.exited;
  socket?.close();
  await server?.stop("SIGKILL");
  place?.remove();
});

function startExample(...args: string[]) {
  return Bun.spawn([process.execPath, join(import.meta.dir, "../../examples/agent-gateway.ts"), ...args], {
    env: { CLICKCLACK_URL: server.url, CLICKCLACK_GATEWAY_STATE: join(place.home, "gateway.json") },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function greeting(child: ReturnType<typeof startExample>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of child.stdout) {
    text += decoder.decode(piece, { stream: true });
    if (text.endsWith("\n")) break;
  }
  return text;
}

async function say(body: string): Promise<string> {
  const path = `/api/channels/${crew.channels.general}/messages`;
  return (await crew.owner<{ message: { id: string } }>("POST", path, { body })).body.message.id;
}

const replies = (root: string) =>
  seen.items.flatMap(({ type, payload: { message } }) =>
    type === "thread.reply_created" && message?.parent_message_id === root ? [message.body] : [],
  );

test("it trades the code for a token, and answers", async () => {
  const asked = { scopes: ["bot:write", "agent_activity:write"] };
  const minted = await crew.owner<{ setup_code: { code: string } }>("POST", `${bots}/${bot_id}/setup-codes`, asked);
  running = startExample(minted.body.setup_code.code);
  expect(await greeting(running)).toBe("@pinch is listening.\n");
  const id = await say("@pinch how long is this?");
  await seen.settle("an answer", () => replies(id).length > 0);
  expect(replies(id)).toEqual(["That has 4 words."]);
  const steps = seen.items.filter(({ type }) => type === "agent.progress");
  expect(steps).toHaveLength(2);
});

test("it answers what was asked while it was dead, and nothing twice", async () => {
  running?.kill("SIGKILL");
  await running?.exited;
  const id = await say("@pinch are you there?");
  running = startExample();
  expect(await greeting(running)).toBe("@pinch is listening.\n");
  await seen.settle("an answer", () => replies(id).length > 0);
  await say("/status");
  const said = () => seen.items.filter(({ payload: { message } }) => message?.author_id === bot_id);
  await seen.settle("an answer", () => said().some(({ payload }) => payload.message?.body === "All is well."));
  const answers = said().filter(({ type }) => type === "thread.reply_created");
  expect(answers.map(({ payload }) => payload.message?.body)).toEqual(["That has 4 words.", "That has 3 words."]);
});
