import { clientCommand } from "./client-command.ts";
import type { Draft } from "./draft.ts";
import { requireFiles, uploadFiles } from "./draft.ts";
import { UsageError } from "./failure.ts";
import { print, row } from "./output.ts";
import { post, REPLY_TO } from "./send.ts";
import type { Session } from "./session.ts";
import { findWorkspace } from "./target.ts";

export default clientCommand({
  name: "upload",
  description: 'Post files: clickclack upload --channel general --body "The new tides" tides.csv map.png',
  args: {
    body: { type: "string", description: "What the message says beside the files" },
    "reply-to": REPLY_TO,
    send: {
      type: "boolean",
      default: true,
      description: "Post a message with the files",
      negativeDescription: "Only upload, and print the ids; what no message carries is deleted after a day",
    },
    nonce: { type: "string", description: "Upload and post at most once under this name, however often it is run" },
  },
  async run(session, args) {
    const paths = args._;
    if (paths.length === 0) throw new UsageError("name at least one file: clickclack upload tides.csv");
    requireFiles(paths);
    const draft = { body: args.body ?? "", nonce: args.nonce ?? crypto.randomUUID(), paths };
    if (args.send) await post(session, draft, args["reply-to"]);
    else await uploadOnly(session, draft);
  },
});

async function uploadOnly(session: Session, draft: Draft): Promise<void> {
  const workspace = await findWorkspace(session);
  const uploads = await uploadFiles(session, workspace.id, draft);
  const rows = uploads.map(({ id, filename, byte_size, content_type }) => row(id, filename, byte_size, content_type));
  // One file alone is one thing: its bare id.
  const [only, ...others] = uploads;
  print(session.mode, { json: { uploads }, plain: only && others.length === 0 ? only.id : rows, human: rows });
}
