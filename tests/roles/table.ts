/**
 * Who may do what: each route of the contract, about something the owner made in a public channel that the
 * guest was added to, or about the owner's own direct conversation.
 */

/** Owner, moderator, member (U), guest, bot with every scope, and a member who is blocked (R for restricted). */
export const ROLES = ["O", "M", "U", "G", "B", "R"] as const;
export type RoleLetter = (typeof ROLES)[number];

export interface Row {
  who: string;
  /** The act ends what everybody else would still need. */
  ends?: true;
}

const may = (who: string): Row => ({ who });
const ANYBODY: Row = { who: "anybody" };
const EVERYBODY = may("OMUGBR");
const PEOPLE = may("OMUGR");
const READERS = EVERYBODY;
const WRITERS = may("OMUGB");
const NO_GUESTS = may("OMUBR");
const NO_GUESTS_WRITE = may("OMUB");
const MANAGERS = may("OM");
const OWNER = may("O");
const BOT = may("B");

export const MATRIX: Record<string, Row> = {
  // Oneself and ways in
  "GET /api/me": EVERYBODY,
  "PATCH /api/me": PEOPLE,
  "GET /api/me/bots": PEOPLE,
  "GET /api/event-types": EVERYBODY,
  "GET /api/workspaces": EVERYBODY,
  "POST /api/workspaces": may("OMUR"),
  "PUT /api/me/avatar": PEOPLE,
  "DELETE /api/me/avatar": PEOPLE,
  "GET /api/me/sessions": PEOPLE,
  "DELETE /api/me/sessions": { ...PEOPLE, ends: true },
  "DELETE /api/me/sessions/{session_id}": OWNER,
  "POST /api/me/deactivate": { ...may("MUGR"), ends: true },
  "POST /api/auth/password/change": { ...PEOPLE, ends: true },
  "GET /api/avatars/{key}": ANYBODY,
  "GET /api/home-link": ANYBODY,
  "GET /api/auth/methods": ANYBODY,
  "POST /api/auth/password/reset": ANYBODY,
  "POST /api/auth/password/reset/request": ANYBODY,
  "GET /api/auth/setup": ANYBODY,
  "POST /api/auth/setup": ANYBODY,
  "POST /api/auth/password/login": ANYBODY,
  "POST /api/auth/magic/consume": ANYBODY,
  "POST /api/auth/magic/request": ANYBODY,
  "POST /api/auth/logout": ANYBODY,
  "GET /api/invites/{invite}": ANYBODY,
  "POST /api/invites/{invite}/accept": ANYBODY,
  "POST /api/bot-setup-codes/claim": ANYBODY,

  // The workspace and who is in it
  "GET /api/workspaces/{workspace_id}": EVERYBODY,
  "PATCH /api/workspaces/{workspace_id}": MANAGERS,
  "DELETE /api/workspaces/{workspace_id}": { ...OWNER, ends: true },
  "POST /api/workspaces/{workspace_id}/transfer-ownership": { ...OWNER, ends: true },
  "GET /api/workspaces/{workspace_id}/members": EVERYBODY,
  "PUT /api/workspaces/{workspace_id}/members/{user_id}": MANAGERS,
  "PATCH /api/workspaces/{workspace_id}/members/{user_id}": MANAGERS,
  "DELETE /api/workspaces/{workspace_id}/members/{user_id}": MANAGERS,
  "GET /api/workspaces/{workspace_id}/moderation/members": MANAGERS,
  "PATCH /api/workspaces/{workspace_id}/moderation/members/{user_id}": MANAGERS,
  "POST /api/workspaces/{workspace_id}/members/{user_id}/sign-in-link": MANAGERS,
  "GET /api/workspaces/{workspace_id}/audit-log": MANAGERS,
  "GET /api/workspaces/{workspace_id}/audit-log/export": MANAGERS,
  "GET /api/workspaces/{workspace_id}/reports": MANAGERS,
  "PATCH /api/reports/{report_id}": MANAGERS,
  "GET /api/workspaces/{workspace_id}/groups": NO_GUESTS,
  "POST /api/workspaces/{workspace_id}/groups": MANAGERS,
  "GET /api/groups/{group_id}": NO_GUESTS,
  "PATCH /api/groups/{group_id}": MANAGERS,
  "DELETE /api/groups/{group_id}": MANAGERS,
  "PUT /api/groups/{group_id}/members/{user_id}": MANAGERS,
  "DELETE /api/groups/{group_id}/members/{user_id}": MANAGERS,
  "POST /api/workspaces/{workspace_id}/invites": MANAGERS,
  "GET /api/workspaces/{workspace_id}/invites": MANAGERS,
  "DELETE /api/invites/{invite}": MANAGERS,
  "GET /api/workspaces/{workspace_id}/presence": EVERYBODY,
  "GET /api/workspaces/{workspace_id}/threads": EVERYBODY,
  "GET /api/realtime/events": EVERYBODY,
  "GET /api/realtime/ws": EVERYBODY,
  "POST /api/realtime/ephemeral": WRITERS,
  "GET /api/search": EVERYBODY,
  "GET /api/routes/{workspace_route_id}/{target_route_id}": READERS,

  // Bots
  "GET /api/workspaces/{workspace_id}/bots": may("OMUR"),
  "POST /api/workspaces/{workspace_id}/bots": MANAGERS,
  "DELETE /api/workspaces/{workspace_id}/bots/{bot_user_id}/membership": MANAGERS,
  "DELETE /api/bots/{bot_user_id}": MANAGERS,
  "GET /api/workspaces/{workspace_id}/bots/{bot_user_id}/tokens": may("OMUR"),
  "POST /api/workspaces/{workspace_id}/bots/{bot_user_id}/tokens": MANAGERS,
  "GET /api/bots/{bot_user_id}/tokens": may("OMUR"),
  "POST /api/bots/{bot_user_id}/tokens": MANAGERS,
  "POST /api/bot-tokens/{token_id}/revoke": MANAGERS,
  "POST /api/workspaces/{workspace_id}/bots/{bot_user_id}/setup-codes": MANAGERS,
  "GET /api/workspaces/{workspace_id}/bot-commands": EVERYBODY,
  "PUT /api/bots/self/commands": BOT,

  // Channels
  "GET /api/workspaces/{workspace_id}/channels": EVERYBODY,
  "POST /api/workspaces/{workspace_id}/channels": NO_GUESTS_WRITE,
  "GET /api/channels/{channel_id}": READERS,
  "PATCH /api/channels/{channel_id}": may("OB"),
  "GET /api/channels/{channel_id}/members": READERS,
  // Adding a member to a public channel changes nothing, so anybody may; leaving is one's own business.
  "PUT /api/channels/{channel_id}/members/{user_id}": WRITERS,
  "DELETE /api/channels/{channel_id}/members/{user_id}": READERS,
  "POST /api/channels/{channel_id}/read": READERS,
  "POST /api/channels/{channel_id}/unread": READERS,
  "GET /api/channels/{channel_id}/notification-settings": READERS,
  "PATCH /api/channels/{channel_id}/notification-settings": READERS,
  "GET /api/channels/{channel_id}/messages": READERS,
  "POST /api/channels/{channel_id}/messages": WRITERS,
  "GET /api/channels/{channel_id}/pins": READERS,
  "POST /api/channels/{channel_id}/pins": WRITERS,
  "DELETE /api/channels/{channel_id}/pins/{message_id}": WRITERS,

  "GET /api/workspaces/{workspace_id}/topics": EVERYBODY,
  "POST /api/workspaces/{workspace_id}/topics": NO_GUESTS_WRITE,
  "PATCH /api/topics/{topic_id}": MANAGERS,

  // Messages, threads, files
  "POST /api/messages/{message_id}/report": may("OMUG"),
  "GET /api/messages/{message_id}": READERS,
  "GET /api/messages/{message_id}/history": READERS,
  "PATCH /api/messages/{message_id}": OWNER,
  "DELETE /api/messages/{message_id}": MANAGERS,
  "POST /api/messages/{message_id}/attachments": OWNER,
  "POST /api/messages/{message_id}/reactions": WRITERS,
  "DELETE /api/messages/{message_id}/reactions/{emoji}": WRITERS,
  "POST /api/messages/{message_id}/route": READERS,
  "GET /api/messages/{message_id}/thread": READERS,
  "POST /api/messages/{message_id}/thread/replies": WRITERS,
  "POST /api/messages/{message_id}/thread/read": READERS,
  "POST /api/messages/{message_id}/thread/unread": READERS,
  "PUT /api/messages/{message_id}/thread/follow": READERS,
  "DELETE /api/messages/{message_id}/thread/follow": READERS,
  "GET /api/messages/by-nonce": OWNER,
  "GET /api/uploads/by-nonce": OWNER,
  "POST /api/uploads": WRITERS,
  "GET /api/uploads/{upload_id}": READERS,
  "GET /api/uploads/{upload_id}/thumbnail": READERS,
  "GET /api/me/drafts": PEOPLE,
  "GET /api/me/drafts/{target_id}": OWNER,
  "PUT /api/me/drafts/{target_id}": PEOPLE,
  "DELETE /api/me/drafts/{target_id}": PEOPLE,
  "GET /api/me/saved": EVERYBODY,
  "GET /api/me/saved/{message_id}": OWNER,
  "PUT /api/me/saved/{message_id}": READERS,
  "DELETE /api/me/saved/{message_id}": READERS,

  // Direct conversations: of the owner and a friend
  "GET /api/dms": EVERYBODY,
  "POST /api/dms": NO_GUESTS_WRITE,
  "GET /api/dms/{conversation_id}": OWNER,
  "DELETE /api/dms/{conversation_id}": OWNER,
  "POST /api/dms/{conversation_id}/open": OWNER,
  "GET /api/dms/{conversation_id}/messages": OWNER,
  "POST /api/dms/{conversation_id}/messages": OWNER,
  "POST /api/dms/{conversation_id}/read": OWNER,
  "POST /api/dms/{conversation_id}/unread": OWNER,
};
