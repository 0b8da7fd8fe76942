import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { print } from "./output.ts";
import type { Session } from "./session.ts";
import { readSettings, writeSettings } from "./settings.ts";
import { findChannel, findWorkspace } from "./target.ts";

export default clientCommand({
  name: "use",
  description: "Choose what commands work on by default: clickclack use --workspace harbour general",
  args: { name: { type: "positional", required: false, description: "The channel, like general" } },
  async run(session, args) {
    const word = args.name ?? args.channel;
    if (!word && !args.workspace) throw new UsageError("say what to use: clickclack use --workspace harbour general");
    requireOwnSettings(session);
    const workspace = await findWorkspace(session);
    const channel = word ? await findChannel({ ...session, workspace: workspace.id }, word) : undefined;
    const { token } = session.stored;
    // Ids outlive a renaming. The channel of another workspace would be none of this one's.
    writeSettings(session.settings_path, {
      server: session.server,
      ...(token && { token }),
      workspace: workspace.id,
      ...(channel && { channel: channel.id }),
    });
    const place = channel ? `#${channel.name} in ${workspace.name}` : workspace.name;
    print(session.mode, {
      json: { server: session.server, workspace, ...(channel && { channel }) },
      plain: channel?.id ?? workspace.id,
      human: `using ${place}`,
    });
  },
});

/** The file belongs to one server; writing another's defaults into it would lose that one's session. */
function requireOwnSettings(session: Session): void {
  const { server } = readSettings(session.settings_path);
  if (server && !session.stored.server) {
    throw new UsageError(`you are signed in to ${server}; sign in to ${session.server} first: clickclack login`);
  }
}
