/** Keeping order: what managers do about members. */
import type { ModerationInput } from "@clickclack/sdk";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { readSpan } from "./flags.ts";
import { minute, print } from "./output.ts";
import { callName, findMember, PERSON } from "./people.ts";
import type { Session } from "./session.ts";

export const timeoutCommand = clientCommand({
  name: "timeout",
  description: "Let somebody only read for a while, or end that: clickclack member timeout @sam 2h",
  args: {
    person: PERSON,
    span: { type: "positional", description: "How long, like 30m, 2h, 7d; or off", required: true },
  },
  async run(session, args) {
    const off = args.span === "off";
    const timeout_minutes = Math.ceil((off ? 0 : (readSpan("the time-out", args.span) ?? 0)) / 60_000);
    const input = off ? { clear_timeout: true } : { timeout_minutes };
    await moderate(session, args.person, input, (name, { timeout_until }) =>
      off ? `${name} may write again` : `${name} only reads until ${minute(timeout_until)}`,
    );
  },
});

export const blockCommand = clientCommand({
  name: "block",
  description: "Let somebody only read, for good: clickclack member block @sam",
  args: { person: PERSON },
  run: (session, args) => moderate(session, args.person, { blocked: true }, (name) => `blocked ${name}`),
});

export const unblockCommand = clientCommand({
  name: "unblock",
  description: "Let somebody write again: clickclack member unblock @sam",
  args: { person: PERSON },
  run: (session, args) => moderate(session, args.person, { blocked: false }, (name) => `${name} may write again`),
});

export const noteCommand = clientCommand({
  name: "note",
  description: "Write a note that only managers see: clickclack member note @sam Second warning",
  args: { person: PERSON, clear: { type: "boolean", description: "Take the note away" } },
  async run(session, args) {
    const words = args._.slice(1).join(" ").trim();
    if ((words === "") !== Boolean(args.clear)) throw new UsageError("write the note, or --clear");
    await moderate(session, args.person, { moderation_note: words }, (name) =>
      args.clear ? `no note on ${name} any more` : `noted on ${name}`,
    );
  },
});

type Moderated = Awaited<ReturnType<Session["client"]["moderation"]["update"]>>["member"];

async function moderate(
  session: Session,
  word: string,
  input: ModerationInput,
  say: (name: string, member: Moderated) => string,
): Promise<void> {
  const { workspace, user } = await findMember(session, word);
  const changed = await session.client.moderation.update(workspace.id, user.id, input);
  print(session.mode, { json: changed, plain: user.id, human: say(callName(user), changed.member) });
}
