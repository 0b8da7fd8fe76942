import type { AuditAction } from "@clickclack/protocol";

/** What people look for in the log, and the acts that are it. */
export const KINDS = {
  members: [
    "member.added",
    "member.left",
    "member.removed",
    "member.deactivated",
    "member.reactivated",
    "sign_in_link.created",
  ],
  roles: ["member.role_changed", "workspace.ownership_transferred"],
  order: ["member.moderated", "report.resolved", "message.deleted"],
  invites: ["invite.created", "invite.revoked"],
  channels: ["channel.created", "channel.updated", "channel.member_added", "channel.member_removed"],
  groups: ["group.created", "group.updated", "group.deleted", "group.member_added", "group.member_removed"],
  bots: [
    "bot.created",
    "bot.membership_removed",
    "bot.deleted",
    "bot_token.created",
    "bot_token.revoked",
    "bot_setup_code.created",
    "bot_setup_code.claimed",
  ],
  workspace: ["workspace.created", "workspace.updated", "audit_log.exported"],
} as const satisfies Record<string, readonly AuditAction[]>;

export type Kind = keyof typeof KINDS;
