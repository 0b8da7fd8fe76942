import { createPasswords } from "../lib/password.ts";
import { setPassword } from "../features/auth/auth.ts";
import { createUser } from "../features/users/users.ts";
import { admit } from "../features/members/members.ts";
import { byOperator } from "../features/workspaces/recording.ts";
import { adminCommand } from "./admin-command.ts";
import { requirePerson, requireWorkspace } from "./admin-lookup.ts";
import { readStandardInput } from "./body.ts";
import { askSecret } from "./prompt.ts";

export const createUserCommand = adminCommand({
  name: "create",
  description: "Create a person; prints the user id",
  creates: true,
  args: {
    name: { type: "string", required: true, description: "Display name" },
    email: { type: "string", required: true, description: "E-mail address" },
    workspace: { type: "string", description: "Add them to this workspace, by id or slug" },
  },
  async run({ db, at }, { name, email, workspace }) {
    const user = await db.write(async (tx) => {
      const joins = workspace === undefined ? undefined : await requireWorkspace(tx, workspace);
      const person = await createUser(tx, { display_name: name, email, at });
      if (joins) await admit(tx, joins.id, person, "member", { by: byOperator(at) });
      return person;
    });
    return { json: { user }, plain: user.id, human: user.id };
  },
});

export const setPasswordCommand = adminCommand({
  name: "set-password",
  description: "Set a person's password, read from a prompt or standard input",
  args: {
    email: { type: "string", description: "Whose, by e-mail address" },
    user: { type: "string", description: "Whose, by user id" },
    clear: { type: "boolean", description: "Take the password away instead" },
  },
  async run({ db, at }, { email, user, clear }) {
    const person = await db.read((tx) => requirePerson(tx, { email, user }));
    const password = clear ? undefined : await readPassword();
    await setPassword(db, createPasswords(), person.id, password, at);
    const sentence = `password ${clear ? "cleared" : "set"} for ${person.display_name} (${person.id})`;
    return { json: { user: person, password_enrolled: !clear }, plain: person.id, human: sentence };
  },
});

/** Never a flag: flags end up in the shell's history and in the list of processes. */
async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) return askSecret("New password: ");
  return (await readStandardInput()).replace(/\r?\n$/, "");
}
