import type { SignedIn } from "@clickclack/sdk";
import { readStandardInput } from "./body.ts";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { print } from "./output.ts";
import { ask, askSecret } from "./prompt.ts";
import type { Session } from "./session.ts";
import { writeSettings } from "./settings.ts";

export default clientCommand({
  name: "login",
  description: "Sign in, and stay signed in on this machine",
  args: {
    "magic-token": {
      type: "string",
      description: "A sign-in link, or its token (mgt_…); - reads it from standard input",
    },
    identifier: { type: "string", description: "E-mail address or handle" },
    "password-stdin": { type: "boolean", description: "Read the password from standard input" },
    store: {
      type: "boolean",
      default: true,
      description: "Remember the session",
      negativeDescription: "Do not remember it",
    },
  },
  async run(session, args) {
    const signedIn = await signIn(session, args);
    if (args.store) {
      const { workspace, channel } = session.stored;
      const defaults = { ...(workspace && { workspace }), ...(channel && { channel }) };
      writeSettings(session.settings_path, { server: session.server, token: signedIn.token, ...defaults });
    }
    print(session.mode, {
      json: signedIn,
      plain: signedIn.token,
      human: [
        `signed in to ${session.server} as ${signedIn.user.display_name}`,
        ...(args.store ? [] : [`not stored; the session token is ${signedIn.token}`]),
      ],
    });
  },
});

async function signIn(
  session: Session,
  args: { "magic-token"?: string; identifier?: string; "password-stdin"?: boolean },
): Promise<SignedIn> {
  // Whoever signs in anew does not want to do it as who they were.
  session.client.auth.setToken(undefined);
  const magic = args["magic-token"];
  if (magic !== undefined) {
    const link = magic === "-" ? (await readStandardInput()).trim() : magic;
    return session.client.auth.consumeMagicLink(link.slice(link.lastIndexOf("#") + 1));
  }
  const fromInput = args["password-stdin"] === true;
  const mayAsk = session.interactive && !fromInput;
  const identifier = args.identifier ?? (mayAsk ? await ask("E-mail or handle: ") : undefined);
  if (!identifier)
    throw new UsageError("say who you are: --magic-token T, or --identifier you@example.org --password-stdin");
  if (!fromInput && !mayAsk) throw new UsageError("add --password-stdin and give the password on standard input");
  const password = fromInput ? (await readStandardInput()).replace(/\r?\n$/, "") : await askSecret("Password: ");
  return session.client.auth.login({ identifier, password });
}
