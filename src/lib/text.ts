import { HANDLE, LIMITS } from "@clickclack/protocol";
import { canonicalEmail } from "./email.ts";
import { invalid } from "./errors.ts";
import { BROADCASTS } from "./mentions.ts";
import { hidesSomething } from "./visible.ts";

/** The first `max` code points, so a cut never splits a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return [...text].slice(0, max).join("");
}

export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Lower-case, every run outside `[a-z0-9]` becomes one `-`, trimmed. */
export function slugify(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}+/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/** Text that is stored and read back as it was sent: without NUL and without half a surrogate pair. */
export function requireText(path: string, text: string): string {
  if (text.isWellFormed() && !text.includes("\0")) return text;
  throw invalid(path, `${path} must be text without NUL or half characters`);
}

/** Trims and checks a person's, bot's or workspace's visible name. */
export function requireName(path: string, value: string, max_bytes: number): string {
  const name = requireText(path, value.trim());
  if (name === "") throw invalid(path, `${path} must not be empty`);
  if (Buffer.byteLength(name) > max_bytes) throw invalid(path, `${path} must be at most ${max_bytes} bytes`);
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) throw invalid(path, `${path} must not contain control characters`);
  if (hidesSomething(name)) throw invalid(path, `${path} must not contain invisible characters`);
  return name;
}

/** `""` clears a handle; a leading `@` and upper case are forgiven. */
export function requireHandle(value: string): string {
  const handle = value.trim().toLowerCase().replace(/^@/, "");
  if (BROADCASTS.some((word) => word === handle)) throw invalid("handle", `@${handle} calls everybody; choose another`);
  if (handle === "" || HANDLE.test(handle)) return handle;
  throw invalid(
    "handle",
    `handle must be 2 to ${LIMITS.handle_chars} of a-z, 0-9, _ and -, beginning with a letter or digit`,
  );
}

export function requireEmail(value: string): string {
  const email = canonicalEmail(value);
  if (email !== undefined) return email;
  throw invalid("email", "email must be an address like name@example.com");
}
