import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { print } from "./output.ts";
import type { Session } from "./session.ts";

const ARGS = {
  message: { type: "positional", description: "The message", required: true },
  emoji: { type: "positional", description: "The emoji", required: true },
} as const;

const add = clientCommand({
  name: "add",
  description: "React to a message",
  args: ARGS,
  run: (session, { message, emoji }) => react(session, "added", message, emoji),
});

const remove = clientCommand({
  name: "remove",
  description: "Take a reaction back",
  args: ARGS,
  run: (session, { message, emoji }) => react(session, "removed", message, emoji),
});

async function react(
  { client, mode }: Session,
  act: "added" | "removed",
  message: string,
  emoji: string,
): Promise<void> {
  if (mode === "plain") throw new UsageError("a reaction has no id to print: leave --plain out");
  const answer =
    act === "added"
      ? await client.messages.addReaction(message, emoji)
      : await client.messages.removeReaction(message, emoji);
  print(mode, { json: answer, plain: [], human: `${act} ${emoji} ${act === "added" ? "to" : "from"} ${message}` });
}

export default defineCommand({
  meta: { name: "reactions", description: "React to messages" },
  subCommands: { add, remove },
});
