import type { Member, MemberModeration } from "@clickclack/sdk";
import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { readChoice, readCount } from "./flags.ts";
import { deactivateCommand, linkCommand, reactivateCommand } from "./member-access.ts";
import { blockCommand, noteCommand, timeoutCommand, unblockCommand } from "./member-order.ts";
import { minute, type Mode, pageRows, print, row } from "./output.ts";
import { callName, findAcquaintance, findMember, PERSON } from "./people.ts";
import { findWorkspace } from "./target.ts";

const GIVEN_ROLES = ["member", "guest", "moderator"] as const;
const ROLES = ["owner", "moderator", "member", "guest", "bot"] as const;

const list = clientCommand({
  name: "list",
  description: "List who belongs to a workspace: clickclack member list --role guest",
  args: {
    role: { type: "string", description: "Only these: owner, moderator, member, guest or bot" },
    search: { type: "string", description: "Only whose name or handle has this in it" },
    order: { type: "boolean", description: "With time-outs, blocks and notes; for managers" },
    limit: { type: "string", description: "How many, 1 to 200 (100)" },
    cursor: { type: "string", description: "Go on where a page ended (next_cursor)" },
  },
  async run(session, args) {
    const role = readChoice("--role", args.role, ROLES);
    const limit = readCount("limit", args.limit, 1);
    const workspace = await findWorkspace(session);
    const api = args.order ? session.client.moderation : session.client.members;
    const page = await api.list(workspace.id, {
      ...(role && { role }),
      ...(limit && { limit }),
      ...(args.search && { q: args.search }),
      ...(args.cursor && { cursor: args.cursor }),
    });
    const rows = page.members.map((member) => memberRow(session.mode, member));
    print(session.mode, { json: page, plain: rows, human: pageRows(rows, page.next_cursor) });
  },
});

const add = clientCommand({
  name: "add",
  description: "Add somebody you know from another workspace: clickclack member add @mia --role guest",
  args: { person: PERSON, role: { type: "string", description: "As what: member, guest or moderator (member)" } },
  async run(session, args) {
    const role = readChoice("--role", args.role, GIVEN_ROLES);
    const workspace = await findWorkspace(session);
    const user_id = await findAcquaintance(session, args.person);
    const added = await session.client.members.add(workspace.id, user_id, { ...(role && { role }) });
    const { user, role: now } = added.member;
    print(session.mode, { json: added, plain: user.id, human: `${callName(user)} is a ${now} of ${workspace.name}` });
  },
});

const remove = clientCommand({
  name: "remove",
  description: "Remove somebody from the workspace: clickclack member remove @sam",
  args: { person: PERSON },
  async run(session, args) {
    const { workspace, user } = await findMember(session, args.person);
    const removed = await session.client.members.remove(workspace.id, user.id);
    const human = `removed ${callName(user)} from ${workspace.name}`;
    print(session.mode, { json: { ...removed, user_id: user.id }, plain: user.id, human });
  },
});

const leave = clientCommand({
  name: "leave",
  description: "Leave a workspace: clickclack member leave --workspace harbour",
  args: {},
  async run(session) {
    const workspace = await findWorkspace(session);
    const left = await session.client.members.leave(workspace.id);
    print(session.mode, { json: { ...left, workspace }, plain: workspace.id, human: `left ${workspace.name}` });
  },
});

const role = clientCommand({
  name: "role",
  description: "Give somebody another role: clickclack member role @mia moderator",
  args: {
    person: PERSON,
    role: { type: "positional", description: "member, guest or moderator", required: true },
  },
  async run(session, args) {
    const wanted = readChoice("the role", args.role, GIVEN_ROLES);
    const { workspace, user } = await findMember(session, args.person);
    const changed = await session.client.members.update(workspace.id, user.id, { ...(wanted && { role: wanted }) });
    print(session.mode, { json: changed, plain: user.id, human: `${callName(user)} is a ${changed.member.role} now` });
  },
});

function memberRow(mode: Mode, member: Member | MemberModeration): string {
  const { user, role, joined_at } = member;
  const standing = [user.deactivated_at && "deactivated", ...("post_limit" in member ? orderOf(member) : [])];
  const said = standing.filter(Boolean).join("; ");
  return mode === "plain"
    ? row(user.id, user.handle, role, user.display_name, joined_at, said)
    : row(user.id, user.handle, role, user.display_name, `since ${minute(joined_at).slice(0, 10)}`, said);
}

function orderOf(member: MemberModeration): (string | undefined)[] {
  return [
    member.blocked_at && "blocked",
    member.timeout_until && `only reads until ${minute(member.timeout_until)}`,
    member.post_limit > 0 ? `${member.posts_remaining} of ${member.post_limit} posts left` : undefined,
    member.moderation_note && `note: ${member.moderation_note}`,
  ];
}

export default defineCommand({
  meta: { name: "member", description: "Who belongs to a workspace, and as what" },
  subCommands: {
    list,
    add,
    remove,
    leave,
    role,
    timeout: timeoutCommand,
    block: blockCommand,
    unblock: unblockCommand,
    note: noteCommand,
    link: linkCommand,
    deactivate: deactivateCommand,
    reactivate: reactivateCommand,
  },
});
