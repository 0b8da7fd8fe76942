import type { CommandDef } from "citty";

/** One entry of the first level: what `--help` says, without loading the command. */
export interface CommandEntry {
  group: "Server" | "Chat" | "People" | "Account";
  name: string;
  aliases?: string[];
  description: string;
  load(): Promise<CommandDef>;
}

export const COMMANDS: CommandEntry[] = [
  {
    group: "Server",
    name: "serve",
    description: "Run the server; the same as no command",
    load: () => import("./serve.ts").then((file) => file.default),
  },
  {
    group: "Server",
    name: "migrate",
    description: "Bring the database to this version's shape",
    load: () => import("./migrate.ts").then((file) => file.default),
  },
  {
    group: "Server",
    name: "backup",
    description: "Copy the database, also while the server runs",
    load: () => import("./backup.ts").then((file) => file.default),
  },
  {
    group: "Server",
    name: "admin",
    description: "People, bots, sign-in links and the event log",
    load: () => import("./admin.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "send",
    description: "Post a message",
    load: () => import("./send.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "reply",
    description: "Reply in a thread",
    load: () => import("./threads.ts").then((file) => file.replyCommand),
  },
  {
    group: "Chat",
    name: "dm",
    description: "Write to somebody, to a group, or to yourself",
    load: () => import("./dm.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "upload",
    description: "Post files",
    load: () => import("./upload.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "edit",
    description: "Rewrite your message",
    load: () => import("./changing.ts").then((file) => file.editCommand),
  },
  {
    group: "Chat",
    name: "delete",
    description: "Delete a message",
    load: () => import("./changing.ts").then((file) => file.deleteCommand),
  },
  {
    group: "Chat",
    name: "tail",
    description: "Show a channel's newest messages, and follow it",
    load: () => import("./tail.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "wait",
    description: "Wait for a message, and print it",
    load: () => import("./wait.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "unread",
    description: "Say what is unread",
    load: () => import("./unread.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "search",
    description: "Find messages: words, from: in: has: before: after: is:",
    load: () => import("./search.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "messages",
    description: "List and post messages",
    load: () => import("./messages.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "threads",
    aliases: ["thread"],
    description: "Show a thread, reply in it, list those you follow",
    load: () => import("./threads.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "reactions",
    description: "React to messages",
    load: () => import("./reactions.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "channels",
    description: "Channels, and who is in them",
    load: () => import("./channels.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "dms",
    description: "Direct conversations",
    load: () => import("./dms.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "pins",
    description: "Pinned messages",
    load: () => import("./pins.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "saved",
    description: "Messages you put aside for yourself",
    load: () => import("./saved.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "draft",
    aliases: ["drafts"],
    description: "What you began to write",
    load: () => import("./drafts.ts").then((file) => file.default),
  },
  {
    group: "Chat",
    name: "topic",
    aliases: ["topics"],
    description: "Labels of messages",
    load: () => import("./topic.ts").then((file) => file.default),
  },
  {
    group: "People",
    name: "invite",
    aliases: ["invites"],
    description: "Links that let people in",
    load: () => import("./invite.ts").then((file) => file.default),
  },
  {
    group: "People",
    name: "member",
    aliases: ["members"],
    description: "Who belongs here, roles, time-outs, sign-in links",
    load: () => import("./member.ts").then((file) => file.default),
  },
  {
    group: "People",
    name: "group",
    aliases: ["groups"],
    description: "People who are mentioned together",
    load: () => import("./group.ts").then((file) => file.default),
  },
  {
    group: "People",
    name: "report",
    aliases: ["reports"],
    description: "Messages that somebody found wrong",
    load: () => import("./report.ts").then((file) => file.default),
  },
  {
    group: "People",
    name: "audit",
    description: "Who did what to the workspace",
    load: () => import("./audit.ts").then((file) => file.default),
  },
  {
    group: "People",
    name: "bots",
    description: "Bots, their tokens and commands",
    load: () => import("./bots.ts").then((file) => file.default),
  },
  {
    group: "People",
    name: "workspaces",
    description: "Workspaces, their settings and owners",
    load: () => import("./workspaces.ts").then((file) => file.default),
  },
  {
    group: "Account",
    name: "login",
    description: "Sign in, and stay signed in on this machine",
    load: () => import("./login.ts").then((file) => file.default),
  },
  {
    group: "Account",
    name: "logout",
    description: "End the session",
    load: () => import("./logout.ts").then((file) => file.default),
  },
  {
    group: "Account",
    name: "whoami",
    description: "Say who you are",
    load: () => import("./whoami.ts").then((file) => file.default),
  },
  {
    group: "Account",
    name: "status",
    description: "Say which server and who you are; say what you are doing",
    load: () => import("./status.ts").then((file) => file.default),
  },
  {
    group: "Account",
    name: "me",
    description: "Your profile and settings",
    load: () => import("./me.ts").then((file) => file.default),
  },
  {
    group: "Account",
    name: "password",
    description: "Your password",
    load: () => import("./password.ts").then((file) => file.default),
  },
  {
    group: "Account",
    name: "session",
    aliases: ["sessions"],
    description: "Where you are signed in",
    load: () => import("./sessions.ts").then((file) => file.default),
  },
  {
    group: "Account",
    name: "use",
    description: "Choose the default workspace and channel",
    load: () => import("./use.ts").then((file) => file.default),
  },
  {
    group: "Account",
    name: "completion",
    description: "Print what completes words in bash, zsh or fish",
    load: () => import("./completion.ts").then((file) => file.completionCommand(COMMANDS)),
  },
  {
    group: "Account",
    name: "version",
    description: "Print the version",
    load: () => import("./version.ts").then((file) => file.default),
  },
];
