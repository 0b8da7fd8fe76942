-- People ---------------------------------------------------------------------------------------

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL DEFAULT 'human' CHECK (kind IN ('human', 'bot')),
  display_name TEXT NOT NULL,
  handle TEXT NOT NULL DEFAULT '',
  avatar_url TEXT NOT NULL DEFAULT '',
  owner_user_id TEXT REFERENCES users (id),
  created_at TEXT NOT NULL
);
CREATE UNIQUE INDEX users_handle ON users (handle) WHERE handle <> '';

CREATE TABLE identities (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  provider_subject TEXT NOT NULL,
  email TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  UNIQUE (provider, provider_subject)
);
CREATE INDEX identities_user ON identities (user_id);
CREATE INDEX identities_email ON identities (email) WHERE email <> '';

CREATE TABLE user_passwords (
  user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  password_hash TEXT NOT NULL,
  updated_at TEXT NOT NULL
);

-- Credentials: only SHA-256 hashes of secrets are stored ------------------------------------------

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  user_agent TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE magic_links (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  display_name TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT
);

CREATE TABLE bot_tokens (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  bot_user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  workspace_id TEXT NOT NULL,
  owner_user_id TEXT,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  last_used_at TEXT,
  revoked_at TEXT
);
CREATE INDEX bot_tokens_bot ON bot_tokens (bot_user_id);

-- Workspaces ---------------------------------------------------------------------------------------

-- last_cursor is the newest event cursor handed out; reading and raising it inside the writing
-- transaction makes commit order the cursor order.
CREATE TABLE workspaces (
  id TEXT PRIMARY KEY,
  route_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  icon_url TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  last_cursor TEXT
);

CREATE TABLE workspace_members (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('owner', 'moderator', 'member', 'guest', 'bot')),
  -- The directory's order: role, then name, then handle, then id.
  role_sort INTEGER NOT NULL,
  sort_name TEXT NOT NULL,
  sort_handle TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
) WITHOUT ROWID;
CREATE INDEX workspace_members_user ON workspace_members (user_id);
CREATE INDEX workspace_members_directory
  ON workspace_members (workspace_id, role_sort, sort_name, sort_handle, user_id);

CREATE TABLE invites (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  code TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  max_uses INTEGER,
  uses INTEGER NOT NULL DEFAULT 0,
  created_by TEXT NOT NULL REFERENCES users (id),
  created_at TEXT NOT NULL,
  expires_at TEXT,
  revoked_at TEXT
);
CREATE INDEX invites_workspace ON invites (workspace_id);

-- Conversations ------------------------------------------------------------------------------------

CREATE TABLE channels (
  id TEXT PRIMARY KEY,
  route_id TEXT NOT NULL,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  display_title TEXT NOT NULL DEFAULT '',
  purpose TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT 'public',
  external_managed INTEGER NOT NULL DEFAULT 0,
  external_ref TEXT NOT NULL DEFAULT '',
  external_url TEXT NOT NULL DEFAULT '',
  sidebar_section TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  archived_at TEXT,
  last_seq INTEGER NOT NULL DEFAULT 0,
  UNIQUE (workspace_id, name),
  UNIQUE (workspace_id, route_id)
);

CREATE TABLE channel_reads (
  channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  last_read_seq INTEGER NOT NULL,
  last_read_at TEXT NOT NULL,
  PRIMARY KEY (channel_id, user_id)
) WITHOUT ROWID;

-- doc_id ties a message to its full-text row. Roots have channel_seq, replies thread_seq; the
-- thread's summary lives in its root's row, so a page reads nothing else for it.
CREATE TABLE messages (
  doc_id INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  author_id TEXT NOT NULL,
  parent_message_id TEXT,
  thread_root_id TEXT NOT NULL,
  channel_seq INTEGER,
  thread_seq INTEGER,
  route_id TEXT,
  body TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT 'message',
  turn_id TEXT,
  nonce TEXT,
  quoted_message_id TEXT,
  quoted_body_snapshot TEXT,
  quoted_author_id TEXT,
  author_model TEXT,
  author_thinking TEXT,
  author_runtime TEXT,
  created_at TEXT NOT NULL,
  edited_at TEXT,
  deleted_at TEXT,
  last_thread_seq INTEGER NOT NULL DEFAULT 0,
  reply_count INTEGER NOT NULL DEFAULT 0,
  last_reply_at TEXT,
  last_reply_author_ids TEXT NOT NULL DEFAULT '[]'
);
CREATE UNIQUE INDEX messages_channel ON messages (channel_id, channel_seq) WHERE channel_seq IS NOT NULL;
CREATE UNIQUE INDEX messages_thread ON messages (thread_root_id, thread_seq) WHERE thread_seq IS NOT NULL;
CREATE UNIQUE INDEX messages_nonce ON messages (author_id, nonce) WHERE nonce IS NOT NULL;
CREATE UNIQUE INDEX messages_route ON messages (workspace_id, route_id) WHERE route_id IS NOT NULL;

CREATE TABLE reactions (
  message_id TEXT NOT NULL,
  emoji TEXT NOT NULL,
  user_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (message_id, emoji, user_id)
) WITHOUT ROWID;

-- Search: the segmented shadow text of a message and, so that rights cost nothing, tokens of its
-- workspace, conversation and author. Keeps no copy of the text.
CREATE VIRTUAL TABLE message_search USING fts5 (
  body, scope,
  content = '', contentless_delete = 1,
  tokenize = 'unicode61 remove_diacritics 2'
);

-- Events: ids and audience, never bodies -----------------------------------------------------------

CREATE TABLE events (
  workspace_id TEXT NOT NULL,
  cursor TEXT NOT NULL,
  id TEXT NOT NULL,
  topic TEXT NOT NULL,
  type TEXT NOT NULL,
  channel_id TEXT,
  seq INTEGER,
  payload TEXT NOT NULL,
  mentioned_user_ids TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (workspace_id, cursor)
) WITHOUT ROWID;
