import { LIMITS } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { timestamp } from "../../lib/clock.ts";
import { AppError } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { cut } from "../../lib/text.ts";
import * as queries from "./queries.ts";

/**
 * Whether letters can be sent, and what their links begin with: never the Host of the request, which whoever
 * asks may choose, and the link in somebody else's letter would lead to them.
 */
export type Mailer = { configured: false } | { configured: true; origin: string };

/** The origin of links in letters, where letters can be sent. */
export function requireMailer(mailer: Mailer, sentence: string): string {
  if (!mailer.configured) throw new AppError("not_configured", sentence);
  return mailer.origin;
}

export interface Letter {
  to: string;
  subject: string;
  /** Plain text; lines end with `\n`. */
  body: string;
  /** When there is no sense in it any more. One that is over already is never sent. */
  expires_at_ms: number;
  at_ms: number;
}

/** Puts a letter into the post; it is sent once this transaction has committed, and again until it is taken. */
export async function enqueueMail(tx: Tx, { to, subject, body, expires_at_ms, at_ms }: Letter): Promise<void> {
  if (await queries.waitingReaches(tx, LIMITS.mail_queue)) {
    throw new AppError("unavailable", "too many letters are waiting to be sent; try again later");
  }
  const id = newId("mail");
  await queries.insertMail(tx, {
    id,
    recipient: to,
    subject: cut(headerText(subject), LIMITS.mail_subject_chars),
    body,
    created_at: timestamp(at_ms),
    expires_at: timestamp(expires_at_ms),
    next_at: timestamp(at_ms),
  });
  tx.notify(id);
}

/** A header is one line, and what looks like an encoded word in it (RFC 2047) would be read as something else. */
function headerText(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, " ")
    .replaceAll("=?", "= ?")
    .trim();
}
