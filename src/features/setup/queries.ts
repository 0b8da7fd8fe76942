import type { Tx } from "../../db/database.ts";

export async function hasPeople(tx: Tx): Promise<boolean> {
  return (await tx.get("SELECT 1 FROM users WHERE kind = 'human' LIMIT 1")) !== undefined;
}
