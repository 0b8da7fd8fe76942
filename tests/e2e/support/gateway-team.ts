/** People at work around a bot, each with one hand: they write, ask it, edit, react, pin, delete and whisper. */
import { type Call, caller } from "./gateway.ts";

export interface Person {
  id: string;
  token: string;
}

/** A message that the bot has to answer. */
export interface Question {
  id: string;
  task: Task;
  /** The channel or direct conversation. */
  place: string;
  /** The root of the thread it was asked in, or itself. */
  root: string;
}

export type Task = (typeof TASKS)[number] | "direct" | "within";
const TASKS = ["thread", "channel", "file", "work", "note", "status"] as const;

export interface Team {
  people: Person[];
  questions: Question[];
  /** So many acts, shared out among everybody. */
  act(count: number): Promise<void>;
  ask(person: Person, place: string, task: Task): Promise<Question>;
  askDirectly(person: Person): Promise<Question>;
  /** From here on nobody expects an answer before the promise settles. */
  waitFor(server: Promise<unknown>): void;
}

interface Hand extends Person {
  call: Call;
  done: number;
  said: { id: string; place: string }[];
}

interface Room {
  workspace_id: string;
  bot_id: string;
  /** Channels that the bot is in, and one that it is not in. */
  places: string[];
  back_room: string;
}

/** What somebody does, over and over; `status` and the like come from the questions' own round. */
const ROUND = [
  "say",
  "ask",
  "edit",
  "say",
  "react",
  "ask",
  "direct",
  "reply",
  "pin",
  "whisper",
  "say",
  "ask",
  "read",
  "remove",
  "unreact",
  "within",
] as const;

export function gatherTeam(url: string, people: Person[], room: Room): Team {
  let server: Promise<unknown> = Promise.resolve();
  const questions: Question[] = [];
  const hands: Hand[] = people.map((person) => ({ ...person, call: patient(person), done: 0, said: [] }));
  let written = 0;

  /** Until it is answered: the server may be gone in the middle. What must not be done twice has a nonce. */
  function patient({ token }: Person): Call {
    const call = caller(url, token);
    return async <T>(method: string, path: string, body?: unknown) => {
      for (;;) {
        const known = server;
        await known;
        try {
          return await call<T>(method, path, body);
        } catch (error) {
          if (server === known) throw error;
        }
      }
    };
  }

  async function write(hand: Hand, path: string, body: string): Promise<string> {
    const input = { body, nonce: `by hand ${written++}` };
    return (await hand.call<{ message: { id: string } }>("POST", path, input)).body.message.id;
  }

  async function ask(hand: Hand, place: string, task: Task): Promise<Question> {
    const body = task === "status" ? "/status please" : `@pinch ${task}, please`;
    const id = await write(hand, `/api/channels/${place}/messages`, body);
    return noted({ id, task, place, root: id });
  }

  async function askDirectly(hand: Hand): Promise<Question> {
    const input = { workspace_id: room.workspace_id, member_ids: [room.bot_id] };
    const { conversation } = (await hand.call<{ conversation: { id: string } }>("POST", "/api/dms", input)).body;
    const id = await write(hand, `/api/dms/${conversation.id}/messages`, "Between us.");
    return noted({ id, task: "direct", place: conversation.id, root: id });
  }

  function noted(question: Question): Question {
    questions.push(question);
    return question;
  }

  const acts: Record<(typeof ROUND)[number], (hand: Hand, place: string) => Promise<unknown>> = {
    async say(hand, place) {
      const id = await write(hand, `/api/channels/${place}/messages`, `Nothing for @pinch here, only words ${hand.done}.`);
      hand.said.push({ id, place });
    },
    ask: (hand, place) => ask(hand, place, TASKS[questions.length % TASKS.length] ?? "thread"),
    direct: (hand) => askDirectly(hand),
    async within(hand) {
      const { id: root, place } = last(hand);
      const id = await write(hand, `/api/messages/${root}/thread/replies`, "@pinch thread, please");
      noted({ id, task: "within", place, root });
    },
    edit: (hand) => hand.call("PATCH", `/api/messages/${last(hand).id}`, { body: `Other words ${hand.done}.` }),
    reply: (hand) => write(hand, `/api/messages/${last(hand).id}/thread/replies`, `And a reply ${hand.done}.`),
    react: (hand) => hand.call("POST", `/api/messages/${last(hand).id}/reactions`, { emoji: "🦀" }),
    unreact: (hand) => hand.call("DELETE", `/api/messages/${last(hand).id}/reactions/${encodeURIComponent("🦀")}`),
    async pin(hand) {
      const { id, place } = last(hand);
      await hand.call("POST", `/api/channels/${place}/pins`, { message_id: id });
    },
    read: (hand, place) => hand.call("POST", `/api/channels/${place}/read`, { seq: hand.done }),
    whisper: (hand) => write(hand, `/api/channels/${room.back_room}/messages`, "Not for @pinch."),
    /** What was said last but one: it may be pinned, answered, and read by the bot at this moment. */
    async remove(hand) {
      const [gone] = hand.said.splice(-2, 1);
      if (gone) await hand.call("DELETE", `/api/messages/${gone.id}`);
    },
  };

  async function step(hand: Hand): Promise<void> {
    const act = ROUND[hand.done % ROUND.length] ?? "say";
    const place = room.places[hand.done % room.places.length] ?? "";
    await acts[act](hand, place);
    hand.done += 1;
  }

  return {
    people,
    questions,
    async act(count) {
      let left = count;
      const keepGoing = async (hand: Hand) => {
        while (left-- > 0) await step(hand);
      };
      await Promise.all(hands.map(keepGoing));
    },
    ask: (person, place, task) => ask(handOf(person), place, task),
    askDirectly: (person) => askDirectly(handOf(person)),
    waitFor: (again) => void (server = again),
  };

  function handOf(person: Person): Hand {
    const hand = hands.find((one) => one.id === person.id);
    if (!hand) throw new Error(`${person.id} is not of the team`);
    return hand;
  }
}

function last(hand: Hand): { id: string; place: string } {
  const said = hand.said.at(-1);
  if (!said) throw new Error("nothing was said yet");
  return said;
}
