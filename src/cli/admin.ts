import { defineCommand } from "citty";
import bootstrap from "./admin-bootstrap.ts";
import { createBotCommand, createTokenCommand } from "./admin-bot.ts";
import { pruneCommand } from "./admin-events.ts";
import { createLinkCommand } from "./admin-magic-link.ts";
import { addMemberCommand } from "./admin-member.ts";
import { deactivateUserCommand, reactivateUserCommand } from "./admin-user-account.ts";
import { createUserCommand, setPasswordCommand } from "./admin-user.ts";

const user = defineCommand({
  meta: { name: "user", description: "People" },
  subCommands: {
    create: createUserCommand,
    "set-password": setPasswordCommand,
    deactivate: deactivateUserCommand,
    reactivate: reactivateUserCommand,
  },
});
const member = defineCommand({
  meta: { name: "member", description: "Members of a workspace" },
  subCommands: { add: addMemberCommand },
});
const link = defineCommand({
  meta: { name: "magic-link", description: "Links to sign in with" },
  subCommands: { create: createLinkCommand },
});
const bot = defineCommand({
  meta: { name: "bot", description: "Bots and their tokens" },
  subCommands: { create: createBotCommand, token: createTokenCommand },
});
const events = defineCommand({
  meta: { name: "events", description: "The event log" },
  subCommands: { prune: pruneCommand },
});

export default defineCommand({
  meta: { name: "admin", description: "Commands for the host: they open the database, not the server" },
  subCommands: { bootstrap, user, member, "magic-link": link, bot, events },
});
