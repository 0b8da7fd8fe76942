-- What somebody put aside for themselves. The list is read by person and workspace, the newest first;
-- a message that is deleted takes its rows with it.
CREATE TABLE saved_messages (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  PRIMARY KEY (user_id, message_id)
) WITHOUT ROWID;
CREATE INDEX saved_messages_list ON saved_messages (user_id, workspace_id, created_at, message_id);
CREATE INDEX saved_messages_message ON saved_messages (message_id);
