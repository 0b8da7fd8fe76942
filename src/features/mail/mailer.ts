import { AppError } from "../../lib/errors.ts";
import type { Mailer } from "./mail.ts";

export interface MailSettings {
  smtp_url?: string | undefined;
  mail_from?: string | undefined;
  public_url?: string | undefined;
}

/** How letters are sent, from the configuration; not at all without a mail server. */
export function mailerOf({ smtp_url, public_url }: MailSettings): Mailer {
  if (smtp_url === undefined) return { configured: false };
  if (public_url !== undefined) return { configured: true, origin: public_url };
  throw new AppError(
    "validation_failed",
    "letters need --public-url, the address their links lead to, for example --public-url https://chat.example.org",
  );
}

/** What stands under From. */
export function senderOf({ mail_from, public_url }: MailSettings): string {
  return mail_from ?? `ClickClack <no-reply@${public_url === undefined ? "localhost" : new URL(public_url).hostname}>`;
}
