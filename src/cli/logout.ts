import { ClickClackError } from "@clickclack/sdk";
import { clientCommand } from "./client-command.ts";
import { print } from "./output.ts";
import { deleteSettings } from "./settings.ts";

export default clientCommand({
  name: "logout",
  description: "End the session on the server and forget it here",
  args: {},
  async run(session) {
    // The file goes in any case: whoever signs out on a train must not stay signed in.
    if (session.stored.server) deleteSettings(session.settings_path);
    const revoked = session.token !== undefined;
    try {
      if (revoked) await session.client.auth.logout();
    } catch (error) {
      const over = error instanceof ClickClackError && error.code === "unauthenticated";
      if (!over) throw error;
    }
    const sentence = revoked ? `signed out of ${session.server}` : `not signed in to ${session.server}`;
    print(session.mode, { json: { ok: true, revoked }, plain: session.server, human: sentence });
  },
});
