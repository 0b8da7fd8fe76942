import { clientCommand } from "./client-command.ts";
import { DRAFT_FLAGS, readDraft, withFiles } from "./draft.ts";
import { UsageError } from "./failure.ts";
import { readList } from "./flags.ts";
import { print } from "./output.ts";
import { callName, findPerson } from "./people.ts";
import { findWorkspace } from "./target.ts";

export default clientCommand({
  name: "dm",
  description: "Write to somebody: clickclack dm @mia Lunch? (several: @mia,@pinch; yourself: me)",
  args: {
    people: { type: "positional", description: "@handle, several with commas, or me", required: true },
    ...DRAFT_FLAGS,
  },
  async run(session, args, rawArgs) {
    const words = readList(args.people);
    if (words.length === 0) throw new UsageError("say to whom: clickclack dm @mia Lunch?");
    const draft = await readDraft(args, args._.slice(1), rawArgs);
    const workspace = await findWorkspace(session);
    const people = await Promise.all(words.map((word) => findPerson(session, workspace.id, word)));
    const ids = people.map(({ id }) => id);
    const { conversation } = await session.client.dms.create(workspace.id, ids);
    const input = await withFiles(session, workspace.id, draft);
    const sent = await session.client.dms.sendMessage(conversation.id, input);
    const human = `sent ${sent.message.id} to ${people.map(callName).join(", ")}`;
    print(session.mode, { json: { conversation, ...sent }, plain: sent.message.id, human });
  },
});
