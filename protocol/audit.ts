/**
 * What the audit log records: every act by which somebody changes what a workspace is, who belongs to it
 * and what they may do. `before` and `after` of an entry hold the fields that the act changed.
 */
export const AUDIT_ACTIONS = [
  "workspace.created",
  "workspace.updated",
  "workspace.ownership_transferred",
  "member.added",
  "member.role_changed",
  "member.moderated",
  "member.removed",
  "member.left",
  "member.deactivated",
  "member.reactivated",
  "sign_in_link.created",
  "invite.created",
  "invite.revoked",
  "channel.created",
  "channel.updated",
  "channel.member_added",
  "channel.member_removed",
  "bot.created",
  "bot.membership_removed",
  "bot.deleted",
  "bot_token.created",
  "bot_token.revoked",
  "bot_setup_code.created",
  "bot_setup_code.claimed",
  "message.deleted",
  "report.resolved",
  "group.created",
  "group.updated",
  "group.deleted",
  "group.member_added",
  "group.member_removed",
  "audit_log.exported",
] as const;

/** One kind of administrative act. */
export type AuditAction = (typeof AUDIT_ACTIONS)[number];
