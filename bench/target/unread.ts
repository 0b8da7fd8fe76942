import { Database } from "bun:sqlite";
import { databasePath } from "../../src/db/open.ts";

/**
 * Where everybody stands: each person has read half of each conversation they are in, and follows the
 * threads that they wrote in or began, with the last reply of the newest twenty unread.
 */
export function fillStandings(directory: string): void {
  const db = new Database(databasePath(directory), { readwrite: true });
  db.run("PRAGMA synchronous = OFF");
  db.transaction(() => {
    db.run(`INSERT INTO standings (conversation_id, user_id, last_read_seq, last_read_at, read_total)
      SELECT c.id, m.user_id, c.last_seq / 2, c.created_at, c.message_total / 2
      FROM channels c JOIN workspace_members m ON m.workspace_id = c.workspace_id`);
    db.run(`INSERT INTO standings (conversation_id, user_id, last_read_seq, last_read_at, read_total)
      SELECT d.id, x.user_id, d.last_seq / 2, d.created_at, d.message_total / 2
      FROM direct_conversations d JOIN direct_conversation_members x ON x.conversation_id = d.id`);
    // Of the threads somebody follows the newest twenty have something new; the rest is history.
    db.run(`INSERT INTO thread_follows (root_id, user_id, workspace_id, last_read_seq, read_replies, unread, created_at)
      SELECT id, author_id, workspace_id, last_thread_seq - fresh, reply_count - fresh, fresh, created_at
      FROM (SELECT r.id, w.author_id, r.workspace_id, r.last_thread_seq, r.reply_count, r.created_at,
          ROW_NUMBER() OVER (PARTITION BY w.author_id ORDER BY r.doc_id DESC) <= 20 AS fresh
        FROM messages r JOIN (
          SELECT DISTINCT thread_root_id, author_id FROM messages WHERE thread_seq IS NOT NULL
          UNION SELECT id, author_id FROM messages WHERE channel_seq IS NOT NULL AND last_thread_seq > 0
        ) AS w ON w.thread_root_id = r.id)`);
  })();
  db.close();
}
