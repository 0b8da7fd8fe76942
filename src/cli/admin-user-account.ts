import { setDeactivated } from "../features/members/deactivating.ts";
import { byOperator } from "../features/workspaces/recording.ts";
import { adminCommand } from "./admin-command.ts";
import { requirePerson } from "./admin-lookup.ts";

const WHOSE = {
  email: { type: "string", description: "Whose, by e-mail address" },
  user: { type: "string", description: "Whose, by user id" },
} as const;

/** The operator may close any account, an owner's too: it is their server. */
function accountCommand(name: "deactivate" | "reactivate", description: string) {
  const deactivated = name === "deactivate";
  return adminCommand({
    name,
    description,
    args: WHOSE,
    async run({ db, at }, { email, user }) {
      const person = await db.write(async (tx) =>
        setDeactivated(tx, await requirePerson(tx, { email, user }), deactivated, byOperator(at)),
      );
      const sentence = `the account of ${person.display_name} (${person.id}) is ${deactivated ? "closed" : "open"}`;
      return { json: { user: person }, plain: person.id, human: sentence };
    },
  });
}

export const deactivateUserCommand = accountCommand("deactivate", "Close a person's account and end their sessions");
export const reactivateUserCommand = accountCommand("reactivate", "Open a closed account again");
