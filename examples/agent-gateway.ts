/**
 * An agent gateway: it trades a setup code for its token, once, and answers whoever speaks to it, with a row that
 * grows while it works. Kill it at any moment and start it again: it goes on where it was and says nothing twice.
 *
 *     CLICKCLACK_URL=http://localhost:8080 bun examples/agent-gateway.ts KWPQ-3CKA-8KRT
 *
 * The code's scopes are `bot:write` and `agent_activity:write`. What must outlive the process is in `gateway.json`,
 * or in the file that CLICKCLACK_GATEWAY_STATE names.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { type BotContext, ClickClackBot, ClickClackClient, type Message } from "@clickclack/sdk";

interface State {
  token: string;
  workspace_id: string;
  cursor?: string;
}

const baseUrl = process.env.CLICKCLACK_URL ?? "http://localhost:8080";
const file = process.env.CLICKCLACK_GATEWAY_STATE ?? "gateway.json";
const state = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as State) : await claim(process.argv[2]);

const bot = new ClickClackBot({
  baseUrl,
  token: state.token,
  workspaceId: state.workspace_id,
  afterCursor: state.cursor,
  commands: [{ command: "/status", description: "Say how I am" }],
  onCommand: (_command, _message, { reply }) => reply("All is well."),
  onMention: work,
  onReady: () => console.log(`@${bot.me?.handle} is listening.`),
  // Away for longer than the server keeps its log: what was asked then is gone, and nothing here was built on it.
  onResync: () => undefined,
  onError: (error) => console.error(error),
  saveCursor(cursor) {
    state.cursor = cursor;
    save();
  },
});
await bot.start();
process.once("SIGINT", () => void bot.stop());

/** The code is worth one token, so that is stored before anything else. */
async function claim(code: string | undefined): Promise<State> {
  if (!code) throw new Error("pass the setup code that the bot's page shows: bun examples/agent-gateway.ts CODE");
  const { token, workspace } = await new ClickClackClient({ baseUrl }).bots.claimSetupCode(code);
  const claimed = { token, workspace_id: workspace.id };
  writeFileSync(file, JSON.stringify(claimed), { mode: 0o600 });
  return claimed;
}

/** Replaced as a whole: half a file would be no state at all. */
function save(): void {
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Runs again from the start after a crash: with nonces made of the message, each thing is still there once. */
async function work(message: Message, { client, replyInThread }: BotContext): Promise<void> {
  const { id, workspace_id, channel_id, direct_conversation_id } = message;
  const turn_id = `turn:${id}`;
  const place = channel_id === undefined ? client.dms : client.channels;
  const row = await place.sendMessage(channel_id ?? direct_conversation_id ?? "", {
    body: "Reading …",
    kind: "agent_commentary",
    turn_id,
    nonce: `work:${id}`,
  });
  const steps: string[] = [];
  for await (const step of think(message.body)) {
    steps.push(step);
    // For whoever looks at this moment; the row is for everybody who comes later.
    await client.events.publishEphemeral({
      workspace_id,
      ...(channel_id === undefined ? { direct_conversation_id } : { channel_id }),
      type: "agent.progress",
      payload: { turn_id, seq: steps.length, op: "append", line: { id: `line-${steps.length}`, kind: "text" } },
    });
    await client.messages.update(row.message.id, steps.join("\n"));
  }
  await replyInThread(`That has ${words(message.body).length} words.`);
}

/** Where a model would be asked. */
async function* think(question: string): AsyncGenerator<string> {
  yield `Read ${question.length} characters.`;
  yield `Counted ${words(question).length} words.`;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "" && !word.startsWith("@"));
}
