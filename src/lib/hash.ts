import { timingSafeEqual } from "node:crypto";
import { SECRET_PREFIX } from "@clickclack/protocol";

/** SHA-256 in lower-case hex: how secrets are stored and looked up. */
export function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

/** A new secret with 256 random bits: `<prefix>_` + base64url. Shown once, stored hashed. */
export function newSecret(kind: keyof typeof SECRET_PREFIX): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `${SECRET_PREFIX[kind]}_${Buffer.from(bytes).toString("base64url")}`;
}

/** A short code for links people may type: 16 Crockford characters, 80 random bits. */
export function newCode(): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  let text = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) text += alphabet.charAt(byte & 31);
  return text;
}

/** Compares two secrets without telling by time how much of them agrees. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));
}
