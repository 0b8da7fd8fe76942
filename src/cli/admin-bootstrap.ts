import { bootstrap } from "../features/setup/setup.ts";
import { adminCommand } from "./admin-command.ts";

export default adminCommand({
  name: "bootstrap",
  description: "Make the first person, workspace and channel, once; prints the user id",
  creates: true,
  args: {
    name: { type: "string", required: true, description: "Display name" },
    email: { type: "string", required: true, description: "E-mail address" },
    "workspace-name": { type: "string", default: "ClickClack", description: "Name of the workspace" },
  },
  async run({ db, at }, args) {
    const made = await bootstrap(db, {
      display_name: args.name,
      email: args.email,
      workspace_name: args["workspace-name"],
      at,
    });
    return { json: { user: made.user, workspace: made.workspace }, plain: made.user.id, human: made.user.id };
  },
});
