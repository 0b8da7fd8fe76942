import { LIMITS } from "@clickclack/protocol";
import type { Logger } from "pino";
import type { Database } from "../../db/database.ts";
import { type Clock, timestamp } from "../../lib/clock.ts";
import * as queries from "./queries.ts";
import type { MailRow } from "./queries.ts";
import { type Send, refusalOf } from "./smtp.ts";

export interface DeliveryDeps {
  db: Database;
  clock: Clock;
  log: Pick<Logger, "warn">;
  send: Send;
}

/** Sends what is due, some letters at once, until nothing is; letters that are over are dropped unsent. */
export async function deliverDue(deps: DeliveryDeps, isStopped: () => boolean = () => false): Promise<void> {
  while (!isStopped()) {
    const at = timestamp(deps.clock.now());
    const due = await deps.db.read((tx) => queries.dueMail(tx, at, LIMITS.mail_batch));
    if (due.length === 0) return;
    const waiting = due.values();
    // They share one iterator, so each letter is one sender's.
    const sender = async () => {
      for (const mail of waiting) if (!isStopped()) await deliver(deps, mail);
    };
    await Promise.all(Array.from({ length: LIMITS.mail_at_once }, sender));
  }
}

async function deliver({ db, clock, log, send }: DeliveryDeps, mail: MailRow): Promise<void> {
  if (mail.expires_at <= timestamp(clock.now())) return db.write((tx) => queries.deleteMail(tx, mail.id));
  try {
    await send(mail);
  } catch (error) {
    const { code, response_code, is_final } = refusalOf(error);
    // Neither the text nor the address: the text holds a link, and answers of servers repeat the address.
    log.warn({ mail_id: mail.id, code, response_code, attempt: mail.attempts + 1, is_final }, "a letter was not taken");
    if (!is_final) return db.write((tx) => queries.postponeMail(tx, mail.id, nextTry(mail, clock.now())));
  }
  await db.write((tx) => queries.deleteMail(tx, mail.id));
}

/** Twice as long after each failure; when the letter is over it comes up once more, to be dropped. */
function nextTry({ attempts, expires_at }: MailRow, at_ms: number): string {
  const wait_ms = Math.min(LIMITS.mail_retry_min_ms * 2 ** attempts, LIMITS.mail_retry_max_ms);
  const next_at = timestamp(at_ms + wait_ms);
  return next_at < expires_at ? next_at : expires_at;
}
