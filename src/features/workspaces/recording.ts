import type { Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { newId } from "../../lib/ids.ts";
import * as queries from "./audit-queries.ts";
import type { Act, By } from "./audit-queries.ts";

export type { Act, By };

export function byActor(actor: Actor): By {
  return { user_id: actor.user.id, address: actor.address, at: actor.at };
}

/** The operator, on the command line. */
export function byOperator(at: string): By {
  return { user_id: null, address: "", at };
}

/** Writes an act into the workspace's audit log, in the transaction that does it. */
export async function recordAct(tx: Tx, by: By, workspace_id: string, act: Act): Promise<void> {
  await queries.insertEntry(tx, { id: newId("audit"), workspace_id, by, act });
}

/** Writes an act that changed some fields, with these only; one that changed nothing is none. */
export async function recordChange<Fields extends object>(
  tx: Tx,
  by: By,
  workspace_id: string,
  act: Pick<Act, "action" | "target_type" | "target_id">,
  [before, after]: [Fields, Fields],
): Promise<void> {
  const keys = Object.keys(after).filter((key) => at(before, key) !== at(after, key));
  if (keys.length === 0) return;
  const only = (fields: object) => Object.fromEntries(keys.map((key) => [key, at(fields, key)]));
  await recordAct(tx, by, workspace_id, { ...act, before: only(before), after: only(after) });
}

/** A field that is absent is one without a value. */
const at = (fields: object, key: string): unknown => (fields as Record<string, unknown>)[key] ?? null;
