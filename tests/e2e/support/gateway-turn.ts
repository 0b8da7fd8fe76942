/** What the agent behind the gateway does about an event: it reads, works and answers, each thing once. */
import type { Call } from "./gateway-call.ts";

export interface Agent {
  bot: { id: string };
  workspace: { id: string };
  /** What to do about an answer that may have been lost: ask for the nonce, or send once more. */
  doubt: "look-up" | "send-again";
  /** How often a nonce told that the work had been done before. */
  recovered: { "look-up": number; "send-again": number };
  /** The text of every message it knows, as it read it last. */
  known: Map<string, string>;
}

/** One event, of which a client of 0.7 reads the ids only. */
export interface Event {
  id: string;
  cursor?: string;
  type: string;
  payload: { message_id?: string };
}

interface Message {
  id: string;
  workspace_id: string;
  channel_id?: string;
  direct_conversation_id?: string;
  author_id: string;
  parent_message_id?: string;
  body: string;
  deleted_at?: string;
}

interface Turn {
  agent: Agent;
  call: Call;
  message: Message;
  /** The line broke while this very event was handled. */
  isAgain: boolean;
}

/** How many steps a piece of work is told in. */
export const STEPS = ["reading", "thinking", "writing"];
export const workSaid = (count: number) => ["at work", ...STEPS.slice(0, count)].join("\n");
export const answerTo = (message_id: string) => `Re ${message_id}`;
export const fileFor = (message_id: string) => `report about ${message_id}\n`;

export async function takeTurn(agent: Agent, call: Call, event: Event, isAgain: boolean): Promise<void> {
  const { message_id } = event.payload;
  if (message_id === undefined || !/^(message|thread)\./.test(event.type)) return;
  const { message } = (await call<{ message: Message }>("GET", `/api/messages/${message_id}`)).body;
  if (message.deleted_at === undefined) agent.known.set(message.id, message.body);
  else agent.known.delete(message.id);
  const isNews = event.type === "message.created" || event.type === "thread.reply_created";
  // Its own words come back to it like everybody's, and must not make it talk to itself.
  if (!isNews || message.author_id === agent.bot.id) return;
  const turn = { agent, call, message, isAgain };
  if (message.direct_conversation_id !== undefined) return answer(turn, atRoot(turn));
  const task = /^(?:@pinch |\/)(\w+)/.exec(message.body)?.[1] ?? "";
  await TASKS[task]?.(turn);
}

const TASKS: Record<string, (turn: Turn) => Promise<void>> = {
  thread: (turn) => answer(turn, inThread(turn)),
  channel: (turn) => answer(turn, atRoot(turn), { quoted_message_id: turn.message.id }),
  status: (turn) => answer(turn, atRoot(turn)),
  async file(turn) {
    await answer(turn, atRoot(turn), { upload_id: await upload(turn) });
  },
  /** Replies took no file in 0.7; it comes after. */
  async note(turn) {
    const upload_id = await upload(turn);
    const { id } = await send(turn, inThread(turn), { body: answerTo(turn.message.id), nonce: nonceOf("re", turn) });
    await turn.call("POST", `/api/messages/${id}/attachments`, { upload_id });
  },
  work,
};

const nonceOf = (what: string, { message }: Turn) => `${what}:${message.id}`;
const inThread = ({ message }: Turn) => `/api/messages/${message.parent_message_id ?? message.id}/thread/replies`;

function atRoot({ message }: Turn): string {
  const { channel_id, direct_conversation_id } = message;
  return channel_id === undefined
    ? `/api/dms/${direct_conversation_id}/messages`
    : `/api/channels/${channel_id}/messages`;
}

async function answer(turn: Turn, path: string, more: object = {}): Promise<void> {
  await send(turn, path, { body: answerTo(turn.message.id), nonce: nonceOf("re", turn), ...more });
}

/** One row that grows by edits, a frame for each step, and then the answer. */
async function work(turn: Turn): Promise<void> {
  const { call, message } = turn;
  const turn_id = nonceOf("turn", turn);
  const row = await send(turn, atRoot(turn), {
    body: workSaid(0),
    kind: "agent_commentary",
    turn_id,
    nonce: nonceOf("work", turn),
  });
  for (const [index, name] of STEPS.entries()) {
    const line = { id: `line-${index}`, kind: "tool", tool_name: name, status: "running" };
    const { workspace_id, channel_id } = message;
    const payload = { turn_id, seq: index + 1, op: "append", line };
    await call("POST", "/api/realtime/ephemeral", { workspace_id, channel_id, type: "agent.progress", payload });
    await call("PATCH", `/api/messages/${row.id}`, { body: workSaid(index + 1) });
  }
  await answer(turn, inThread(turn));
}

async function send(
  turn: Turn,
  path: string,
  input: { body: string; nonce: string; kind?: string; turn_id?: string },
): Promise<{ id: string }> {
  const { agent, call } = turn;
  const found = await lookUp<{ message?: { id: string } }>(turn, "messages", input.nonce);
  if (found?.message) return found.message;
  const { status, body } = await call<{ message: { id: string } }>("POST", path, input);
  if (status === 200) agent.recovered["send-again"] += 1;
  return body.message;
}

async function upload(turn: Turn): Promise<string> {
  const { agent, call, message } = turn;
  const nonce = nonceOf("up", turn);
  const found = await lookUp<{ upload?: { id: string } }>(turn, "uploads", nonce);
  if (found?.upload) return found.upload.id;
  const form = new FormData();
  form.set("file", new Blob([fileFor(message.id)], { type: "text/plain" }), "report.txt");
  const path = `/api/uploads?workspace_id=${agent.workspace.id}&nonce=${encodeURIComponent(nonce)}`;
  const { status, body } = await call<{ upload: { id: string } }>("POST", path, form);
  if (status === 200) agent.recovered["send-again"] += 1;
  return body.upload.id;
}

/** After a broken line: what the nonce became, if the request arrived at all. */
async function lookUp<T>({ agent, call, isAgain }: Turn, what: string, nonce: string): Promise<T | undefined> {
  if (!isAgain || agent.doubt !== "look-up") return undefined;
  const query = `workspace_id=${agent.workspace.id}&nonce=${encodeURIComponent(nonce)}`;
  const { status, body } = await call<T>("GET", `/api/${what}/by-nonce?${query}`);
  if (status !== 200) return undefined;
  agent.recovered["look-up"] += 1;
  return body;
}
