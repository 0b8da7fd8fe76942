import type { User } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { toUser, USER_COLUMNS, type UserRow } from "../users/queries.ts";

export async function hasPeople(tx: Tx): Promise<boolean> {
  return (await tx.get("SELECT 1 FROM users WHERE kind = 'human' LIMIT 1")) !== undefined;
}

/** Somebody with an e-mail address, and what opens their account: nothing, where it has ended. */
export interface Account {
  user: User;
  password_hash: string | undefined;
}

/** By any of the spellings that an address may be stored in. */
export async function accountOf(tx: Tx, spellings: string[]): Promise<Account | undefined> {
  const row = await tx.get<UserRow & { password_hash: string | null }>(
    `SELECT ${USER_COLUMNS}, CASE WHEN u.deactivated_at IS NULL THEN p.password_hash END AS password_hash
     FROM identities i JOIN users u ON u.id = i.user_id LEFT JOIN user_passwords p ON p.user_id = u.id
     WHERE i.email IN (${spellings.map(() => "?").join(", ")}) ORDER BY i.id LIMIT 1`,
    ...spellings,
  );
  return row && { user: toUser(row), password_hash: row.password_hash ?? undefined };
}

export async function emailsOf(tx: Tx, user_id: string): Promise<string[]> {
  const rows = await tx.all<{ email: string }>("SELECT email FROM identities WHERE user_id = ?", user_id);
  return rows.map((row) => row.email);
}
