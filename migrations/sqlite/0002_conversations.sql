-- A message belongs to a conversation: a channel (`chn_…`) or a direct conversation (`dm_…`). -----

ALTER TABLE messages RENAME COLUMN channel_id TO conversation_id;

-- Counters, so that no badge ever counts rows. `posted_total` numbers the roots that count as unread
-- (no agent activity), `message_total` is how many of them are left, `broadcast_total` how many of
-- those left mention everybody.
ALTER TABLE channels ADD COLUMN posted_total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN message_total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN broadcast_total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN created_by TEXT REFERENCES users (id);
ALTER TABLE channels ADD COLUMN post_policy TEXT NOT NULL DEFAULT 'everyone'
  CHECK (post_policy IN ('everyone', 'managers'));
ALTER TABLE channels ADD COLUMN invite_policy TEXT NOT NULL DEFAULT 'members'
  CHECK (invite_policy IN ('members', 'managers'));
ALTER TABLE workspaces ADD COLUMN channel_policy TEXT NOT NULL DEFAULT 'members'
  CHECK (channel_policy IN ('members', 'managers'));

-- The conversation's `posted_total` when this root was posted.
ALTER TABLE messages ADD COLUMN posted_no INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN revision_count INTEGER NOT NULL DEFAULT 0;

UPDATE messages SET posted_no = numbered.n FROM (
  SELECT doc_id, SUM(CASE WHEN kind = 'message' THEN 1 ELSE 0 END)
    OVER (PARTITION BY conversation_id ORDER BY channel_seq) AS n
  FROM messages WHERE channel_seq IS NOT NULL) AS numbered
WHERE numbered.doc_id = messages.doc_id;
UPDATE channels SET
  posted_total = (SELECT COUNT(*) FROM messages m
    WHERE m.conversation_id = channels.id AND m.channel_seq IS NOT NULL AND m.kind = 'message'),
  message_total = (SELECT COUNT(*) FROM messages m
    WHERE m.conversation_id = channels.id AND m.channel_seq IS NOT NULL AND m.kind = 'message'
      AND m.deleted_at IS NULL);

-- What is left out of an unread count, by author and by deletion.
CREATE INDEX messages_own ON messages (conversation_id, author_id, channel_seq)
  WHERE channel_seq IS NOT NULL AND kind = 'message';
CREATE INDEX messages_gone ON messages (conversation_id, channel_seq)
  WHERE channel_seq IS NOT NULL AND deleted_at IS NOT NULL AND kind = 'message';

-- Members of private channels, and the guests of any channel ---------------------------------------

CREATE TABLE channel_members (
  channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  added_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (channel_id, user_id)
) WITHOUT ROWID;
CREATE INDEX channel_members_user ON channel_members (user_id);

-- Direct conversations -----------------------------------------------------------------------------

-- member_set_key names the group of people, so that a group has one conversation.
CREATE TABLE direct_conversations (
  id TEXT PRIMARY KEY,
  route_id TEXT NOT NULL,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  member_set_key TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  last_seq INTEGER NOT NULL DEFAULT 0,
  posted_total INTEGER NOT NULL DEFAULT 0,
  message_total INTEGER NOT NULL DEFAULT 0,
  broadcast_total INTEGER NOT NULL DEFAULT 0,
  UNIQUE (workspace_id, member_set_key),
  UNIQUE (workspace_id, route_id)
);
CREATE TABLE direct_conversation_members (
  conversation_id TEXT NOT NULL REFERENCES direct_conversations (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (conversation_id, user_id)
) WITHOUT ROWID;
CREATE INDEX direct_conversation_members_user ON direct_conversation_members (user_id);

-- Where a person stands in a conversation ----------------------------------------------------------

-- unread = conversation.message_total - read_total, and mentions = mention_count +
-- conversation.broadcast_total - read_broadcasts: what one wrote oneself counts as read. Nobody has a
-- row before they read, write, are mentioned or set something there.
CREATE TABLE standings (
  conversation_id TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  last_read_seq INTEGER NOT NULL DEFAULT 0,
  last_read_at TEXT NOT NULL DEFAULT '',
  read_total INTEGER NOT NULL DEFAULT 0,
  read_broadcasts INTEGER NOT NULL DEFAULT 0,
  mention_count INTEGER NOT NULL DEFAULT 0,
  hidden_at TEXT,
  preference TEXT NOT NULL DEFAULT 'all' CHECK (preference IN ('all', 'mentions', 'muted')),
  PRIMARY KEY (conversation_id, user_id)
) WITHOUT ROWID;
CREATE INDEX standings_user ON standings (user_id);

INSERT INTO standings (conversation_id, user_id, last_read_seq, last_read_at, read_total)
SELECT r.channel_id, r.user_id, r.last_read_seq, r.last_read_at,
  (SELECT COUNT(*) FROM messages m WHERE m.conversation_id = r.channel_id AND m.channel_seq IS NOT NULL
    AND m.kind = 'message' AND m.deleted_at IS NULL
    AND (m.channel_seq <= r.last_read_seq OR m.author_id = r.user_id))
FROM channel_reads r;
DROP TABLE channel_reads;
-- Who wrote without ever reading: their own messages are no news to them.
INSERT INTO standings (conversation_id, user_id, read_total)
SELECT m.conversation_id, m.author_id, COUNT(*) FROM messages m
WHERE m.channel_seq IS NOT NULL AND m.kind = 'message' AND m.deleted_at IS NULL
GROUP BY m.conversation_id, m.author_id
ON CONFLICT (conversation_id, user_id) DO NOTHING;

-- Threads somebody follows; unread = root.reply_count - read_replies ------------------------------

CREATE TABLE thread_follows (
  root_id TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  workspace_id TEXT NOT NULL,
  following INTEGER NOT NULL DEFAULT 1,
  last_read_seq INTEGER NOT NULL DEFAULT 0,
  read_replies INTEGER NOT NULL DEFAULT 0,
  mention_count INTEGER NOT NULL DEFAULT 0,
  -- 1 while read_replies is below the root's reply_count, so that the inbox looks at nothing else.
  unread INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  PRIMARY KEY (root_id, user_id)
) WITHOUT ROWID;
CREATE INDEX thread_follows_user ON thread_follows (user_id, workspace_id) WHERE following = 1;
CREATE INDEX thread_follows_unread ON thread_follows (user_id, workspace_id) WHERE following = 1 AND unread = 1;

-- Everybody who wrote in a thread, or began one that was answered, follows it; all of it is read.
INSERT INTO thread_follows (root_id, user_id, workspace_id, last_read_seq, read_replies, created_at)
SELECT r.id, w.author_id, r.workspace_id, r.last_thread_seq, r.reply_count, r.created_at
FROM messages r JOIN (
  SELECT DISTINCT thread_root_id, author_id FROM messages WHERE thread_seq IS NOT NULL
  UNION SELECT id, author_id FROM messages WHERE channel_seq IS NOT NULL AND last_thread_seq > 0
) AS w ON w.thread_root_id = r.id;

-- Mentions -----------------------------------------------------------------------------------------

-- scope_id is a conversation (seq is channel_seq) or a thread's root (seq is thread_seq); user_id is
-- `*` for a mention of everybody.
CREATE TABLE mentions (
  scope_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  PRIMARY KEY (scope_id, user_id, seq)
) WITHOUT ROWID;
CREATE INDEX mentions_message ON mentions (message_id);

-- Pins and what a message said before ---------------------------------------------------------------

CREATE TABLE pinned_messages (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  pinned_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (channel_id, message_id)
);

CREATE TABLE message_revisions (
  message_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL,
  written_at TEXT NOT NULL,
  PRIMARY KEY (message_id, revision)
) WITHOUT ROWID;

-- Conversations whose full-text rows have to be written anew, and how far that is.
CREATE TABLE reindexing (
  conversation_id TEXT PRIMARY KEY,
  after_doc_id INTEGER NOT NULL
) WITHOUT ROWID;

-- Sixteen pieces of the index are put together at a time instead of four: a commit of one message then
-- costs 43 µs of the processor instead of 240 (in a million messages), and a search looks at some more.
INSERT INTO message_search (message_search, rank) VALUES ('automerge', 16);
