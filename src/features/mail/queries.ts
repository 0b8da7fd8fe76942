import type { Tx } from "../../db/database.ts";

/** A letter that waits to be sent. */
export interface MailRow {
  id: string;
  recipient: string;
  subject: string;
  body: string;
  created_at: string;
  expires_at: string;
  /** When it is to be tried; never after `expires_at`, so that one that is over is found too. */
  next_at: string;
  attempts: number;
}

export async function insertMail(tx: Tx, mail: Omit<MailRow, "attempts">): Promise<void> {
  await tx.run(
    `INSERT INTO outgoing_mail (id, recipient, subject, body, created_at, expires_at, next_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    mail.id,
    mail.recipient,
    mail.subject,
    mail.body,
    mail.created_at,
    mail.expires_at,
    mail.next_at,
  );
}

/** Whether so many letters wait. */
export async function waitingReaches(tx: Tx, count: number): Promise<boolean> {
  return (await tx.get("SELECT 1 AS found FROM outgoing_mail LIMIT 1 OFFSET ?", count - 1)) !== undefined;
}

export async function dueMail(tx: Tx, at: string, limit: number): Promise<MailRow[]> {
  return tx.all<MailRow>(
    `SELECT id, recipient, subject, body, created_at, expires_at, next_at, attempts FROM outgoing_mail
     WHERE next_at <= ? ORDER BY next_at LIMIT ?`,
    at,
    limit,
  );
}

export async function deleteMail(tx: Tx, id: string): Promise<void> {
  await tx.run("DELETE FROM outgoing_mail WHERE id = ?", id);
}

export async function postponeMail(tx: Tx, id: string, next_at: string): Promise<void> {
  await tx.run("UPDATE outgoing_mail SET attempts = attempts + 1, next_at = ? WHERE id = ?", next_at, id);
}
