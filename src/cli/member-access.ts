/** Whether and how somebody can sign in. */
import { clientCommand } from "./client-command.ts";
import { minute, print } from "./output.ts";
import { callName, findMember, PERSON } from "./people.ts";

export const linkCommand = clientCommand({
  name: "link",
  description: "Make a link that signs somebody in, once, and print it: clickclack member link @mia",
  args: { person: PERSON },
  async run(session, args) {
    const { workspace, user } = await findMember(session, args.person);
    const made = await session.client.members.signInLink(workspace.id, user.id);
    const human = [
      made.url,
      `signs ${callName(user)} in, once, until ${minute(made.expires_at)}; give it to nobody else`,
    ];
    print(session.mode, { json: made, plain: made.url, human });
  },
});

export const deactivateCommand = access(
  "deactivate",
  "Sign somebody out everywhere and let them in no more: clickclack member deactivate @sam",
);
export const reactivateCommand = access("reactivate", "Let somebody sign in again: clickclack member reactivate @sam");

function access(name: "deactivate" | "reactivate", description: string) {
  return clientCommand({
    name,
    description,
    args: { person: PERSON },
    async run(session, args) {
      const { workspace, user } = await findMember(session, args.person);
      const changed = await session.client.members[name](workspace.id, user.id);
      print(session.mode, { json: changed, plain: user.id, human: `${name}d ${callName(user)}` });
    },
  });
}
