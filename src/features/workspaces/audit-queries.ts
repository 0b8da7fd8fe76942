import type { AuditAction } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";

/** Who did something, from where, and when; nobody's id stands for the operator. */
export interface By {
  user_id: string | null;
  address: string;
  at: string;
}

/** An administrative act: what it was about, and the fields it changed as they were and as they are. */
export interface Act {
  action: AuditAction;
  target_type:
    | "workspace"
    | "user"
    | "invite"
    | "channel"
    | "bot_token"
    | "bot_setup_code"
    | "message"
    | "report"
    | "group";
  target_id: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** What else one wants to know of it. */
  metadata?: Record<string, unknown>;
}

export async function insertEntry(
  tx: Tx,
  { id, workspace_id, by, act }: { id: string; workspace_id: string; by: By; act: Act },
): Promise<void> {
  const json = (fields: Record<string, unknown> | undefined) => (fields === undefined ? null : JSON.stringify(fields));
  await tx.run(
    `INSERT INTO audit_log_entries (id, workspace_id, actor_user_id, action, target_type, target_id, address,
       before_json, after_json, metadata_json, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    workspace_id,
    by.user_id,
    act.action,
    act.target_type,
    act.target_id,
    by.address,
    json(act.before),
    json(act.after),
    json(act.metadata),
    by.at,
  );
}
