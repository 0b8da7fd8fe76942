import { roleIn } from "../features/workspaces/queries.ts";
import { admit } from "../features/members/members.ts";
import { byOperator } from "../features/workspaces/recording.ts";
import { adminCommand } from "./admin-command.ts";
import { requireCreator, requirePerson, requireWorkspace } from "./admin-lookup.ts";

export const addMemberCommand = adminCommand({
  name: "add",
  description: "Add a person to a workspace",
  args: {
    workspace: { type: "string", required: true, description: "Workspace by id or slug" },
    email: { type: "string", description: "Whom, by e-mail address" },
    user: { type: "string", description: "Whom, by user id" },
    role: { type: "enum", options: ["member", "moderator"], default: "member", description: "As what" },
    "created-by": { type: "string", description: "In whose name: a manager's id or e-mail address (the owner)" },
  },
  async run({ db, at }, args) {
    const { workspace, person, role, added } = await db.write(async (tx) => {
      const joins = await requireWorkspace(tx, args.workspace);
      await requireCreator(tx, joins, args["created-by"]);
      const who = await requirePerson(tx, { email: args.email, user: args.user });
      const wanted = args.role === "moderator" ? "moderator" : "member";
      const isNew = await admit(tx, joins.id, who, wanted, { by: byOperator(at) });
      return { workspace: joins, person: who, added: isNew, role: (await roleIn(tx, joins.id, who.id)) ?? wanted };
    });
    const status = added ? "added" : "already_member";
    return {
      json: { workspace_id: workspace.id, user_id: person.id, role, status },
      plain: person.id,
      human: `workspace=${workspace.id} user=${person.id} role=${role} status=${status}`,
    };
  },
});
