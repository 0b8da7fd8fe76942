import { domainToASCII } from "node:url";
import { LIMITS } from "@clickclack/protocol";

/**
 * The one spelling of an address, however it was typed: what looks alike or arrives in the same mailbox is
 * the same person. `undefined` for what is no address.
 */
export function canonicalEmail(value: string): string | undefined {
  const text = value.normalize("NFKC").trim().toLowerCase();
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  const domain = asciiDomain(text.slice(at + 1).replace(/\.+$/, ""));
  const email = `${local}@${domain}`;
  return LOCAL_PART.test(local) && DOMAIN.test(domain) && email.length <= LIMITS.email_chars ? email : undefined;
}

const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** Names of other scripts in their ASCII form; a plain one is left as it is, even if it looks like a number. */
function asciiDomain(domain: string): string {
  return /^[\x21-\x7e]*$/.test(domain) ? domain : domainToASCII(domain);
}

/**
 * The spellings somebody may be stored under: the canonical one first, then the one that was stored before
 * there was such a thing, so that nobody is locked out.
 */
export function emailSpellings(value: string): string[] {
  const plain = value.trim().toLowerCase();
  return [...new Set([canonicalEmail(value) ?? plain, plain])];
}
