import type { Tx } from "../../db/database.ts";

/** As stored: a column that is NULL was never set. */
export interface StoredSettings {
  locale: string;
  notification_json: string | null;
  appearance_json: string | null;
}

export async function settingsOf(tx: Tx, user_id: string): Promise<StoredSettings | undefined> {
  return tx.get<StoredSettings>(
    "SELECT locale, notification_json, appearance_json FROM user_preferences WHERE user_id = ?",
    user_id,
  );
}

export async function putSettings(tx: Tx, user_id: string, settings: StoredSettings): Promise<void> {
  await tx.run(
    `INSERT INTO user_preferences (user_id, locale, notification_json, appearance_json) VALUES (?, ?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET locale = excluded.locale, notification_json = excluded.notification_json,
       appearance_json = excluded.appearance_json`,
    user_id,
    settings.locale,
    settings.notification_json,
    settings.appearance_json,
  );
}

export interface StoredSidebar {
  workspace_id: string;
  channel_order_json: string | null;
  sections_json: string | null;
}

export async function sidebarsOf(tx: Tx, user_id: string): Promise<StoredSidebar[]> {
  return tx.all<StoredSidebar>(
    `SELECT s.workspace_id, s.channel_order_json, s.sections_json FROM user_sidebars s
     JOIN workspace_members m ON m.workspace_id = s.workspace_id AND m.user_id = s.user_id
     WHERE s.user_id = ? ORDER BY s.workspace_id`,
    user_id,
  );
}

export async function putSidebar(tx: Tx, user_id: string, sidebar: StoredSidebar): Promise<void> {
  await tx.run(
    `INSERT INTO user_sidebars (user_id, workspace_id, channel_order_json, sections_json) VALUES (?, ?, ?, ?)
     ON CONFLICT (user_id, workspace_id) DO UPDATE SET channel_order_json = excluded.channel_order_json,
       sections_json = excluded.sections_json`,
    user_id,
    sidebar.workspace_id,
    sidebar.channel_order_json,
    sidebar.sections_json,
  );
}

/** What somebody may have in a workspace's sidebar; nothing when they are not in it. */
export async function conversationIdsOf(tx: Tx, workspace_id: string, user_id: string): Promise<Set<string>> {
  const rows = await tx.all<{ id: string }>(
    `SELECT c.id FROM channels c JOIN workspace_members m ON m.workspace_id = c.workspace_id AND m.user_id = ?
       WHERE c.workspace_id = ? AND ((c.kind = 'public' AND m.role <> 'guest')
         OR EXISTS (SELECT 1 FROM channel_members x WHERE x.channel_id = c.id AND x.user_id = m.user_id))
     UNION ALL
     SELECT d.id FROM direct_conversation_members x JOIN direct_conversations d ON d.id = x.conversation_id
       JOIN workspace_members m ON m.workspace_id = d.workspace_id AND m.user_id = x.user_id AND m.role <> 'guest'
       WHERE x.user_id = ? AND d.workspace_id = ?`,
    user_id,
    workspace_id,
    user_id,
    workspace_id,
  );
  return new Set(rows.map((row) => row.id));
}
