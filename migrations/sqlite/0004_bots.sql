-- A deleted bot stays the author of its messages; its handle is free again. -------------------------

ALTER TABLE users ADD COLUMN former_handle TEXT;
ALTER TABLE users ADD COLUMN deleted_at TEXT;
CREATE INDEX users_owner ON users (owner_user_id) WHERE owner_user_id IS NOT NULL;
CREATE INDEX bot_tokens_workspace ON bot_tokens (workspace_id, bot_user_id);

-- What a request with a setup_nonce made, so that the same request sent again finds it. request_hash
-- tells a repetition from another request under the same nonce.
CREATE TABLE bot_setup_requests (
  created_by TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  setup_nonce TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  bot_user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  bot_token_id TEXT REFERENCES bot_tokens (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  PRIMARY KEY (created_by, setup_nonce)
) WITHOUT ROWID;

-- A code that an agent gateway exchanges for a token, once. Only its hash is stored.
CREATE TABLE bot_setup_codes (
  id TEXT PRIMARY KEY,
  code_hash TEXT NOT NULL UNIQUE,
  bot_user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  token_name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  defaults TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
);
CREATE UNIQUE INDEX bot_setup_codes_name ON bot_setup_codes (workspace_id, bot_user_id, token_name);

CREATE TABLE bot_commands (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  bot_user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  command TEXT NOT NULL,
  description TEXT NOT NULL,
  args_hint TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (workspace_id, bot_user_id, command)
);
