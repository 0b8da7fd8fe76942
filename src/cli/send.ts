import { BODY_FLAGS, readBody } from "./body.ts";
import { clientCommand } from "./client-command.ts";
import { print } from "./output.ts";
import { findChannel } from "./target.ts";
import { reply } from "./threads.ts";

export default clientCommand({
  name: "send",
  description: "Post a message: clickclack send --channel general Hello",
  args: {
    ...BODY_FLAGS,
    "reply-to": { type: "string", description: "Reply in the thread of this message", valueHint: "message" },
    nonce: { type: "string", description: "Post at most once under this name, however often it is run" },
  },
  async run(session, args) {
    const body = await readBody(args, args._);
    // One nonce for all tries: an answer that got lost does not post twice.
    const nonce = args.nonce ?? crypto.randomUUID();
    if (args["reply-to"]) return reply(session, args["reply-to"], { body, nonce });
    const channel = await findChannel(session);
    const sent = await session.client.channels.sendMessage(channel.id, { body, nonce });
    print(session.mode, {
      json: sent,
      plain: sent.message.id,
      human: `sent ${sent.message.id} to #${channel.name}`,
    });
  },
});
