-- Restrictions outlive the membership, so that leaving and coming back ends none. `restricted_until`
-- repeats them where every write looks anyway: '' is nothing, a moment is a time-out, 'blocked' sorts
-- after every moment.
CREATE TABLE workspace_moderation (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  timeout_until TEXT,
  blocked_at TEXT,
  note TEXT NOT NULL DEFAULT '',
  moderated_by TEXT NOT NULL,
  moderated_at TEXT NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
) WITHOUT ROWID;
ALTER TABLE workspace_members ADD COLUMN restricted_until TEXT NOT NULL DEFAULT '';
-- Since when they have their role: what somebody wrote before they became a guest is no guest's post.
ALTER TABLE workspace_members ADD COLUMN role_since TEXT NOT NULL DEFAULT '';
-- The invite they came by.
ALTER TABLE workspace_members ADD COLUMN invite_id TEXT;

-- Guests who come by themselves begin in the waiting room and have some posts a day there.
ALTER TABLE workspaces ADD COLUMN waiting_room_channel_id TEXT;
ALTER TABLE workspaces ADD COLUMN guest_post_budget INTEGER NOT NULL DEFAULT 3;
CREATE TABLE guest_posts (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (workspace_id, user_id, message_id)
) WITHOUT ROWID;

-- A workspace that was deleted and whose content is being removed in slices.
ALTER TABLE workspaces ADD COLUMN deleted_at TEXT;

-- Every administrative act: who, from where, what it was before and after. Read newest first.
CREATE TABLE audit_log_entries (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  -- NULL: the operator, on the command line.
  actor_user_id TEXT REFERENCES users (id),
  action TEXT NOT NULL,
  target_type TEXT NOT NULL,
  target_id TEXT NOT NULL,
  address TEXT NOT NULL,
  before_json TEXT,
  after_json TEXT,
  metadata_json TEXT,
  created_at TEXT NOT NULL
);
CREATE INDEX audit_log_entries_workspace ON audit_log_entries (workspace_id, id);
CREATE INDEX audit_log_entries_actor ON audit_log_entries (workspace_id, actor_user_id, id);
CREATE INDEX audit_log_entries_target ON audit_log_entries (workspace_id, target_id, id);
CREATE INDEX audit_log_entries_action ON audit_log_entries (workspace_id, action, id);

-- What people show of themselves. `profile` is JSON (status, dnd_until, timezone, deactivated_at) that
-- nothing looks into, so that an author costs a page one column; what is looked for has its own.
ALTER TABLE users ADD COLUMN profile TEXT;
ALTER TABLE users ADD COLUMN status_expires_at TEXT;
ALTER TABLE users ADD COLUMN deactivated_at TEXT;
CREATE INDEX users_status_expires ON users (status_expires_at) WHERE status_expires_at IS NOT NULL;

-- What only they see, one row a person; '' and NULL are the defaults.
CREATE TABLE user_preferences (
  user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  locale TEXT NOT NULL DEFAULT '',
  notification_json TEXT,
  appearance_json TEXT
);
CREATE TABLE user_sidebars (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  channel_order_json TEXT,
  sections_json TEXT,
  PRIMARY KEY (user_id, workspace_id)
) WITHOUT ROWID;

-- Pictures of people: anybody who has the address may see one, and nobody guesses it.
CREATE TABLE avatars (
  key TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  content_type TEXT NOT NULL,
  byte_size INTEGER NOT NULL,
  storage_path TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX avatars_user ON avatars (user_id);

-- Since when an address is known to be theirs: given in an invite's form, it may be anybody's, until a letter
-- sent there was answered. Those from before count as theirs.
ALTER TABLE identities ADD COLUMN verified_at TEXT;
UPDATE identities SET verified_at = created_at;

-- Sessions as their owner sees them; links that set a password, and links that managers minted.
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN last_used_at TEXT;
ALTER TABLE magic_links ADD COLUMN purpose TEXT NOT NULL DEFAULT 'sign_in' CHECK (purpose IN ('sign_in', 'reset'));
-- Whom the link signs in, where that is decided already; otherwise the address decides.
ALTER TABLE magic_links ADD COLUMN user_id TEXT REFERENCES users (id) ON DELETE CASCADE;
-- The manager who made it, and who has to stand above them still when it is used.
ALTER TABLE magic_links ADD COLUMN minted_by TEXT REFERENCES users (id) ON DELETE CASCADE;
CREATE INDEX magic_links_user ON magic_links (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX sessions_live ON sessions (user_id, id) WHERE revoked_at IS NULL;

-- Letters that wait to be sent; a row goes when it is, or when there is no sense in it any more.
CREATE TABLE outgoing_mail (
  id TEXT PRIMARY KEY,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  next_at TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX outgoing_mail_next ON outgoing_mail (next_at);

-- Invites for one address; who came by which.
ALTER TABLE invites ADD COLUMN email TEXT NOT NULL DEFAULT '';
DROP INDEX invites_workspace;
CREATE INDEX invites_workspace ON invites (workspace_id, id);
CREATE INDEX invites_letters ON invites (created_by, created_at) WHERE email <> '';
CREATE TABLE invite_uses (
  invite_id TEXT NOT NULL REFERENCES invites (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  used_at TEXT NOT NULL,
  PRIMARY KEY (invite_id, user_id)
) WITHOUT ROWID;
CREATE INDEX invite_uses_newest ON invite_uses (invite_id, used_at);

-- Groups of people: a handle that mentions all of them, and channels they are added to.
CREATE TABLE user_groups (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  created_by TEXT NOT NULL REFERENCES users (id),
  created_at TEXT NOT NULL,
  UNIQUE (workspace_id, handle)
);
CREATE TABLE user_group_members (
  group_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX user_group_members_user ON user_group_members (user_id);
CREATE TABLE user_group_channels (
  group_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
  channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  PRIMARY KEY (group_id, channel_id)
) WITHOUT ROWID;
CREATE INDEX user_group_channels_channel ON user_group_channels (channel_id);

-- Topics: labels within a channel, or of the whole workspace (channel_id '').
CREATE TABLE topics (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  channel_id TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL,
  created_by TEXT NOT NULL REFERENCES users (id),
  created_at TEXT NOT NULL,
  archived_at TEXT,
  UNIQUE (workspace_id, channel_id, name)
);
ALTER TABLE messages ADD COLUMN topic_id TEXT;
-- Set when it is not the one it was sent with any more, so that a sender's honest retry is none with another.
ALTER TABLE messages ADD COLUMN topic_changed_at TEXT;
CREATE INDEX messages_topic ON messages (conversation_id, topic_id, channel_seq)
  WHERE topic_id IS NOT NULL AND channel_seq IS NOT NULL;

-- Reports of messages; the text is kept as it was, because its author may change it.
CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  author_id TEXT NOT NULL,
  reporter_id TEXT NOT NULL,
  body TEXT NOT NULL,
  reason TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'resolved', 'dismissed')),
  resolution TEXT NOT NULL DEFAULT '',
  resolved_by TEXT,
  resolved_at TEXT,
  created_at TEXT NOT NULL
);
CREATE INDEX reports_queue ON reports (workspace_id, status, id);
CREATE INDEX reports_reporter ON reports (reporter_id, status);
CREATE UNIQUE INDEX reports_open ON reports (message_id, reporter_id) WHERE status = 'open';

-- Drafts, one for each conversation or thread (target_id), and reminders of saved messages.
CREATE TABLE drafts (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  conversation_id TEXT NOT NULL,
  target_id TEXT NOT NULL,
  body TEXT NOT NULL,
  quoted_message_id TEXT,
  upload_ids_json TEXT,
  updated_at TEXT NOT NULL,
  UNIQUE (user_id, target_id)
);
CREATE INDEX drafts_list ON drafts (user_id, workspace_id, updated_at);
ALTER TABLE saved_messages ADD COLUMN remind_at TEXT;
ALTER TABLE saved_messages ADD COLUMN reminded_at TEXT;
CREATE INDEX saved_messages_remind ON saved_messages (remind_at) WHERE remind_at IS NOT NULL AND reminded_at IS NULL;
