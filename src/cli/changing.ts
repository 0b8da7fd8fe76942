import { BODY_FLAGS, readBody } from "./body.ts";
import { clientCommand } from "./client-command.ts";
import { print } from "./output.ts";

const MESSAGE = { type: "positional", description: "The message, msg_…", required: true } as const;

export const editCommand = clientCommand({
  name: "edit",
  description: "Rewrite your message: clickclack edit msg_… Deployed at 14:05",
  args: { message: MESSAGE, ...BODY_FLAGS },
  async run({ client, mode }, args) {
    const body = await readBody(args, args._.slice(1));
    const changed = await client.messages.update(args.message, { body });
    print(mode, { json: changed, plain: changed.message.id, human: `edited ${changed.message.id}` });
  },
});

export const deleteCommand = clientCommand({
  name: "delete",
  description: "Delete a message for everybody: clickclack delete msg_…",
  args: { message: MESSAGE },
  async run({ client, mode }, args) {
    const changed = await client.messages.delete(args.message);
    print(mode, { json: changed, plain: changed.message.id, human: `deleted ${changed.message.id}` });
  },
});
