import { createMagicLink } from "../features/auth/auth.ts";
import { adminCommand } from "./admin-command.ts";

export const createLinkCommand = adminCommand({
  name: "create",
  description: "Make a sign-in token; it works once, for 15 minutes",
  args: {
    email: { type: "string", required: true, description: "Whose; somebody new becomes a person by it" },
    name: { type: "string", description: "Display name of somebody new" },
  },
  async run({ db, now_ms }, { email, name }) {
    const link = await createMagicLink(db, { email, display_name: name, at_ms: now_ms });
    return { json: link, plain: link.token, human: link.token };
  },
});
