import { LIMITS } from "@clickclack/protocol";

/** A link that signs in sets no password, and the other way round. */
export type LinkPurpose = "sign_in" | "reset";

const MINUTES = LIMITS.magic_link_ttl_ms / 60_000;

const LETTERS: Record<LinkPurpose | "prove", { subject: string; what: string }> = {
  sign_in: { subject: "Your sign-in link", what: "Open this link to sign in to ClickClack:" },
  prove: {
    subject: "Your sign-in link",
    what: "This is the first letter to this address. Open this link to choose a new password and sign in to ClickClack:",
  },
  reset: { subject: "Set a new password", what: "Open this link to set a new password for ClickClack:" },
};

/** The words around a link. */
export function letterWith(purpose: LinkPurpose | "prove", url: string): { subject: string; body: string } {
  const { subject, what } = LETTERS[purpose];
  return {
    subject,
    body: [
      `${what}\n${url}`,
      `It works once, for ${MINUTES} minutes. Give it to nobody.`,
      "If you did not ask for it, you need do nothing: without the link nothing changes.",
      "",
    ].join("\n\n"),
  };
}
