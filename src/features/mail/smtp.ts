import { LIMITS } from "@clickclack/protocol";
import type { Transporter } from "nodemailer";
import type { MailRow } from "./queries.ts";

/** Hands one letter to the mail server; throws when the server does not take it. */
export type Send = (letter: Pick<MailRow, "recipient" | "subject" | "body">) => Promise<void>;

/** A sender through the server of `smtp://user:password@host:port`, or `smtps://` for TLS from the start. */
export function smtpSender({ smtp_url, from }: { smtp_url: string; from: string }): Send {
  let transport: Promise<Transporter> | undefined;
  return async ({ recipient, subject, body }) => {
    transport ??= connect(smtp_url);
    await (
      await transport
    ).sendMail({
      from,
      // As an object: a text would be taken apart, and might be more than one address.
      to: { name: "", address: recipient },
      subject,
      text: body,
      // Keeps absence notes from answering.
      headers: { "Auto-Submitted": "auto-generated" },
    });
  };
}

async function connect(smtp_url: string): Promise<Transporter> {
  // Not at the top: it takes as long to load as the rest of the server, and most have no letters.
  const { createTransport } = await import("nodemailer");
  const { protocol, hostname, port, username, password } = new URL(smtp_url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const isHere = /^(localhost|127\.[\d.]+|::1)$/.test(host);
  const secure = protocol === "smtps:";
  return createTransport({
    host,
    port: port === "" ? (secure ? 465 : 587) : Number(port),
    secure,
    ...(username !== "" && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    // STARTTLS whenever it is offered; a password goes to another machine by TLS or not at all.
    requireTLS: username !== "" && !isHere,
    // Nobody stands between us and this machine, whose mail servers come with certificates of their own.
    tls: { rejectUnauthorized: !isHere },
    connectionTimeout: LIMITS.mail_timeout_ms,
    greetingTimeout: LIMITS.mail_timeout_ms,
    socketTimeout: LIMITS.mail_timeout_ms,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Why a letter was not taken, and whether trying again is of no use. */
export function refusalOf(error: unknown): {
  code: string;
  response_code: number | undefined;
  is_final: boolean;
} {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  const response_code = typeof responseCode === "number" ? responseCode : undefined;
  // A server that knows no such address or wants no such letter; a wrong password can be put right.
  const isAboutLetter = code === "EENVELOPE" || code === "EMESSAGE";
  return {
    code: typeof code === "string" ? code : "unknown",
    response_code,
    is_final: isAboutLetter && (response_code === undefined || response_code >= 500),
  };
}
