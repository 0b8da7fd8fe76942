import type { Invite } from "@clickclack/sdk";
import { defineCommand } from "citty";
import { AppError } from "../lib/errors.ts";
import { clientCommand } from "./client-command.ts";
import { readChoice, readCount, readUntil } from "./flags.ts";
import { minute, pageRows, print, row } from "./output.ts";
import type { Session } from "./session.ts";
import { findWorkspace } from "./target.ts";

const ROLES = ["member", "guest", "moderator"] as const;
const PAGE_FLAGS = {
  limit: { type: "string", description: "How many, 1 to 200 (100)" },
  cursor: { type: "string", description: "Go on where a page ended (next_cursor)" },
} as const;

const create = clientCommand({
  name: "create",
  description: "Make a link that lets people in, and print it: clickclack invite create --role guest --expires 7d",
  args: {
    role: { type: "string", description: "As what: member, guest or moderator (member)" },
    "max-uses": { type: "string", description: "How many people it lets in (any number)" },
    expires: { type: "string", description: "Until when: 2h, 7d or a time (for ever)" },
    email: { type: "string", description: "Only for this address; the server sends it there when it can send mail" },
  },
  async run(session, args) {
    const role = readChoice("--role", args.role, ROLES);
    const max_uses = readCount("max-uses", args["max-uses"], 1);
    const expires_at = args.expires && readUntil("expires", args.expires, Date.now());
    const workspace = await findWorkspace(session);
    const made = await session.client.invites.create(workspace.id, {
      ...(role && { role }),
      ...(max_uses && { max_uses }),
      ...(expires_at && { expires_at }),
      ...(args.email && { email: args.email }),
    });
    const { invite } = made;
    const human = [invite.url, `for ${termsOf(invite)}${made.sent ? ", and sent there" : ""}`];
    print(session.mode, { json: made, plain: invite.url, human });
  },
});

const list = clientCommand({
  name: "list",
  description: "List the invite links that work: clickclack invite list",
  args: {
    ended: { type: "boolean", description: "Those that were used up, expired or were revoked instead" },
    ...PAGE_FLAGS,
  },
  async run(session, args) {
    const limit = readCount("limit", args.limit, 1);
    const workspace = await findWorkspace(session);
    const page = await session.client.invites.list(workspace.id, {
      state: args.ended ? "ended" : "active",
      ...(limit && { limit }),
      ...(args.cursor && { cursor: args.cursor }),
    });
    const rows = page.invites.map((invite) =>
      session.mode === "plain"
        ? row(invite.id, invite.role, invite.uses, invite.max_uses, invite.expires_at, invite.email, invite.url)
        : row(invite.id, invite.url, termsOf(invite), cameBy(invite)),
    );
    print(session.mode, { json: page, plain: rows, human: pageRows(rows, page.next_cursor) });
  },
});

const revoke = clientCommand({
  name: "revoke",
  description: "End an invite link, by its id, code or address: clickclack invite revoke inv_…",
  args: { invite: { type: "positional", description: "The link, its code, or inv_…", required: true } },
  async run(session, args) {
    const id = await findInvite(session, args.invite);
    const revoked = await session.client.invites.revoke(id);
    print(session.mode, { json: { ...revoked, id }, plain: id, human: `revoked ${id}` });
  },
});

/** People have the link itself at hand, the server wants the id. */
async function findInvite(session: Session, word: string): Promise<string> {
  if (word.startsWith("inv_")) return word;
  const code = word.split(/[/#?]/).findLast((part) => part !== "");
  const workspace = await findWorkspace(session);
  let cursor: string | undefined;
  do {
    const page = await session.client.invites.list(workspace.id, { state: "active", ...(cursor && { cursor }) });
    const found = page.invites.find((invite) => invite.code === code);
    if (found) return found.id;
    cursor = page.next_cursor;
  } while (cursor);
  throw new AppError("not_found", `no invite "${word}" that works; see: clickclack invite list`);
}

/** Whom it lets in, how many and until when, in words. */
function termsOf({ role, email, max_uses, uses, expires_at }: Invite): string {
  const who = email ? `${email} as a ${role}` : max_uses === 1 ? `one ${role}` : `${role}s`;
  const left = max_uses === undefined || max_uses === 1 ? "" : `, ${max_uses - uses} of ${max_uses} left`;
  return `${who}${left}${expires_at ? `, until ${minute(expires_at)}` : ""}`;
}

function cameBy({ uses, accepted = [] }: Invite): string {
  const names = accepted.map(({ user }) => user.display_name);
  const others = uses - names.length;
  return [...names, ...(others > 0 ? [`${others} more`] : [])].join(", ");
}

export default defineCommand({
  meta: { name: "invite", description: "Links that let people in" },
  subCommands: { create, list, revoke },
});
