import { defineCommand } from "citty";
import type { Draft } from "@clickclack/sdk";
import { BODY_FLAGS, readBody } from "./body.ts";
import { clientCommand } from "./client-command.ts";
import { readCount } from "./flags.ts";
import { minute, pageRows, print, row } from "./output.ts";
import type { Session } from "./session.ts";
import { findChannel, findWorkspace } from "./target.ts";

const TARGET = { type: "positional", description: "A channel, or the id of a thread or dm", required: true } as const;

const list = clientCommand({
  name: "list",
  description: "List what you began to write, last first: clickclack draft list",
  args: {
    limit: { type: "string", description: "How many, 1 to 200 (100)" },
    cursor: { type: "string", description: "Go on where a page ended (next_cursor)" },
  },
  async run(session, args) {
    const limit = readCount("limit", args.limit, 1);
    const workspace = await findWorkspace(session);
    const [page, { channels }] = await Promise.all([
      session.client.drafts.list(workspace.id, {
        ...(limit && { limit }),
        ...(args.cursor && { cursor: args.cursor }),
      }),
      session.client.channels.list(workspace.id),
    ]);
    const names = new Map(channels.map((channel) => [channel.id, `#${channel.name}`]));
    const place = ({ target_id, channel_id }: Draft) =>
      target_id === channel_id ? (names.get(channel_id) ?? target_id) : target_id;
    const rows = page.drafts.map((draft) =>
      session.mode === "plain"
        ? row(draft.target_id, draft.updated_at, draft.body)
        : row(place(draft), minute(draft.updated_at), draft.body),
    );
    print(session.mode, { json: page, plain: rows, human: pageRows(rows, page.next_cursor) });
  },
});

const save = clientCommand({
  name: "save",
  description: "Keep what you will send later: clickclack draft save general Dear all,",
  args: { target: TARGET, ...BODY_FLAGS },
  async run(session, args) {
    const body = await readBody(args, args._.slice(1));
    const target_id = await findTarget(session, args.target);
    const saved = await session.client.drafts.save(target_id, { body });
    print(session.mode, { json: saved, plain: target_id, human: `kept for ${args.target}` });
  },
});

const remove = clientCommand({
  name: "remove",
  description: "Throw a draft away: clickclack draft remove general",
  args: { target: TARGET },
  async run(session, args) {
    const target_id = await findTarget(session, args.target);
    const removed = await session.client.drafts.remove(target_id);
    print(session.mode, { json: removed, plain: target_id, human: `no draft for ${args.target} any more` });
  },
});

async function findTarget(session: Session, word: string): Promise<string> {
  return /^(chn|dm|msg)_/.test(word) ? word : (await findChannel(session, word)).id;
}

export default defineCommand({
  meta: { name: "draft", description: "What you began to write" },
  subCommands: { list, save, remove },
});
