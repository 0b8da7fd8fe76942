/** People at work around a bot, each with one hand: they write, ask it, edit, react, pin, delete and whisper. */
import { type Call, caller } from "./gateway-call.ts";
import type { Crew, Person } from "./gateway-crew.ts";

const TASKS = ["thread", "channel", "file", "work", "note", "status"] as const;
/** What the bot is asked for; `direct` and `within` name where. */
export type Task = (typeof TASKS)[number] | "direct" | "within";

/** A message that the bot has to answer. */
export interface Question {
  id: string;
  task: Task;
  /** The channel or direct conversation. */
  place: string;
  /** The root of the thread it was asked in, or itself. */
  root: string;
}

export interface Team {
  questions: Question[];
  /** So many acts, shared out among everybody. */
  act(count: number): Promise<void>;
  ask(person: Person, channel_id: string, task: Task): Promise<Question>;
  askDirectly(person: Person): Promise<Question>;
  /** From here on nobody expects an answer before this settles. */
  waitFor(server: Promise<unknown>): void;
}

/** What all of them share. */
interface Work {
  crew: Crew;
  bot_id: string;
  questions: Question[];
  written: number;
  server: Promise<unknown>;
}

interface Hand {
  id: string;
  work: Work;
  call: Call;
  done: number;
  said: { id: string; channel_id: string }[];
}

export function gatherTeam(url: string, crew: Crew, bot_id: string): Team {
  const work: Work = { crew, bot_id, questions: [], written: 0, server: Promise.resolve() };
  const hands = crew.people.map(({ id, token }): Hand => {
    return { id, work, call: patient(work, caller(url, token)), done: 0, said: [] };
  });
  const handOf = (person: Person) => {
    const hand = hands.find(({ id }) => id === person.id);
    if (!hand) throw new Error(`${person.id} is not of the team`);
    return hand;
  };
  return {
    questions: work.questions,
    async act(count) {
      let left = count;
      const keepGoing = async (hand: Hand) => {
        while (left-- > 0) await act(hand);
      };
      await Promise.all(hands.map(keepGoing));
    },
    ask: (person, channel_id, task) => ask(handOf(person), channel_id, task),
    askDirectly: (person) => askDirectly(handOf(person)),
    waitFor: (server) => void (work.server = server),
  };
}

/** Until it is answered, for the server may go in the middle. What must not be done twice has a nonce. */
function patient(work: Work, call: Call): Call {
  return async (method, path, body) => {
    for (;;) {
      const known = work.server;
      await known;
      try {
        return await call(method, path, body);
      } catch (error) {
        if (work.server === known) throw error;
      }
    }
  };
}

/** What somebody does, over and over, now in this channel, now in that. */
const ROUND: ((hand: Hand, channel_id: string) => Promise<unknown>)[] = [
  say,
  askNext,
  edit,
  say,
  react,
  askNext,
  askDirectly,
  reply,
  pin,
  whisper,
  say,
  askNext,
  read,
  remove,
  unreact,
  askWithin,
];

async function act(hand: Hand): Promise<void> {
  const { general, harbour, bridge } = hand.work.crew.channels;
  const channel_id = [general, harbour, bridge][hand.done % 3] ?? general;
  await ROUND[hand.done % ROUND.length]?.(hand, channel_id);
  hand.done += 1;
}

async function write({ call, work }: Hand, path: string, body: string): Promise<string> {
  const input = { body, nonce: `by hand ${work.written++}` };
  return (await call<{ message: { id: string } }>("POST", path, input)).body.message.id;
}

async function say(hand: Hand, channel_id: string): Promise<void> {
  const id = await write(hand, `/api/channels/${channel_id}/messages`, `Only words ${hand.done}, nothing for @pinch.`);
  hand.said.push({ id, channel_id });
}

function askNext(hand: Hand, channel_id: string): Promise<Question> {
  return ask(hand, channel_id, TASKS[hand.work.questions.length % TASKS.length] ?? "thread");
}

async function ask(hand: Hand, channel_id: string, task: Task): Promise<Question> {
  const body = task === "status" ? "/status please" : `@pinch ${task}, please`;
  const id = await write(hand, `/api/channels/${channel_id}/messages`, body);
  return note(hand, { id, task, place: channel_id, root: id });
}

async function askDirectly(hand: Hand): Promise<Question> {
  const input = { workspace_id: hand.work.crew.workspace_id, member_ids: [hand.work.bot_id] };
  const { conversation } = (await hand.call<{ conversation: { id: string } }>("POST", "/api/dms", input)).body;
  const id = await write(hand, `/api/dms/${conversation.id}/messages`, "Between us.");
  return note(hand, { id, task: "direct", place: conversation.id, root: id });
}

async function askWithin(hand: Hand): Promise<Question> {
  const { id: root, channel_id } = last(hand);
  const id = await write(hand, `/api/messages/${root}/thread/replies`, "@pinch thread, please");
  return note(hand, { id, task: "within", place: channel_id, root });
}

function note({ work }: Hand, question: Question): Question {
  work.questions.push(question);
  return question;
}

function edit(hand: Hand): Promise<unknown> {
  return hand.call("PATCH", `/api/messages/${last(hand).id}`, { body: `Other words ${hand.done}.` });
}

function reply(hand: Hand): Promise<string> {
  return write(hand, `/api/messages/${last(hand).id}/thread/replies`, `And a reply ${hand.done}.`);
}

function react(hand: Hand): Promise<unknown> {
  return hand.call("POST", `/api/messages/${last(hand).id}/reactions`, { emoji: "🦀" });
}

function unreact(hand: Hand): Promise<unknown> {
  return hand.call("DELETE", `/api/messages/${last(hand).id}/reactions/${encodeURIComponent("🦀")}`);
}

/** A pin has no nonce: one whose answer was lost is refused the second time, for it is there. */
async function pin(hand: Hand): Promise<void> {
  const { id, channel_id } = last(hand);
  const path = `/api/channels/${channel_id}/pins`;
  try {
    await hand.call("POST", path, { message_id: id });
  } catch (error) {
    const { messages } = (await hand.call<{ messages: { id: string }[] }>("GET", path)).body;
    if (messages.every((one) => one.id !== id)) throw error;
  }
}

function read(hand: Hand, channel_id: string): Promise<unknown> {
  return hand.call("POST", `/api/channels/${channel_id}/read`, { seq: hand.done });
}

function whisper(hand: Hand): Promise<string> {
  return write(hand, `/api/channels/${hand.work.crew.channels.back_room}/messages`, "Not for @pinch.");
}

/** What was said last but one: it may be pinned, answered, and in the hands of the bot at this moment. */
async function remove(hand: Hand): Promise<void> {
  const [gone] = hand.said.length > 1 ? hand.said.splice(-2, 1) : [];
  if (gone) await hand.call("DELETE", `/api/messages/${gone.id}`);
}

function last(hand: Hand): { id: string; channel_id: string } {
  const said = hand.said.at(-1);
  if (!said) throw new Error("nothing was said yet");
  return said;
}
