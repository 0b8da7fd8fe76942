-- Files: the bytes lie in the uploads directory under storage_path, the row is written once they are
-- safe there. unattached_since is set while no message carries the file; that is what expires.
CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  nonce TEXT,
  filename TEXT NOT NULL,
  content_type TEXT NOT NULL,
  byte_size INTEGER NOT NULL,
  storage_path TEXT NOT NULL,
  width INTEGER NOT NULL DEFAULT 0,
  height INTEGER NOT NULL DEFAULT 0,
  duration_ms INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  unattached_since TEXT
);
CREATE UNIQUE INDEX uploads_nonce ON uploads (owner_id, nonce) WHERE nonce IS NOT NULL;
CREATE INDEX uploads_quota ON uploads (workspace_id, owner_id, byte_size);
CREATE INDEX uploads_unattached ON uploads (unattached_since) WHERE unattached_since IS NOT NULL;

-- A place in the quota, taken before the first byte is written and named like the upload to be: what
-- a crash leaves behind is found through it.
CREATE TABLE upload_quota_reservations (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  nonce TEXT,
  byte_size INTEGER NOT NULL,
  storage_path TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
);
CREATE UNIQUE INDEX upload_quota_reservations_nonce ON upload_quota_reservations (owner_id, nonce)
  WHERE nonce IS NOT NULL;
CREATE INDEX upload_quota_reservations_owner ON upload_quota_reservations (owner_id, workspace_id);
CREATE INDEX upload_quota_reservations_expiry ON upload_quota_reservations (expires_at);

CREATE TABLE message_attachments (
  message_id TEXT NOT NULL,
  upload_id TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  PRIMARY KEY (message_id, upload_id)
) WITHOUT ROWID;
CREATE INDEX message_attachments_upload ON message_attachments (upload_id);

-- Files to remove. A row goes only when its file is gone, so a crash or a full disk loses nothing.
CREATE TABLE pending_upload_cleanups (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  storage_path TEXT NOT NULL UNIQUE,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  retry_at TEXT NOT NULL
);
CREATE INDEX pending_upload_cleanups_retry ON pending_upload_cleanups (retry_at);
