import { LIMITS } from "@clickclack/protocol";
import { invalid } from "./errors.ts";
import { codePoints, requireText } from "./text.ts";

/** A message body as it is stored: trimmed, not empty, at most 64 KiB, whole characters only. */
export function requireBody(text: string): string {
  const body = text.trim();
  if (body === "") throw invalid("body", "body must not be empty");
  // Most bodies are far from the limit; only a long one is measured in bytes.
  if (body.length > LIMITS.message_body_bytes / 3 && Buffer.byteLength(body) > LIMITS.message_body_bytes) {
    throw invalid("body", `body must be at most ${LIMITS.message_body_bytes} bytes`);
  }
  return requireText("body", body);
}

/** An absent or blank nonce is none. */
export function requireNonce(text: string | undefined): string | undefined {
  const nonce = text?.trim();
  if (!nonce) return undefined;
  if (codePoints(nonce) > LIMITS.nonce_chars)
    throw invalid("nonce", `nonce must be at most ${LIMITS.nonce_chars} characters`);
  return requireText("nonce", nonce);
}
