import { LIMITS } from "@clickclack/protocol";

/** What a file without a usable name is called. */
const NAMELESS = "upload.bin";

// Controls, and the marks that turn the direction of text: "gnp.exe" must not read as "exe.png".
const HIDDEN = /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

/** The last part of a path in anybody's notation, without what hides or steers; at most 255 bytes. */
export function safeFilename(given: string): string {
  const name = (given.toWellFormed().split(/[\\/]/).at(-1) ?? "").replace(HIDDEN, "").trim();
  return /^\.*$/.test(name) ? NAMELESS : shortened(name);
}

/** Cuts in the middle, so that the ending stays what it is. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= LIMITS.filename_bytes) return name;
  const ending = /\.[\p{L}\p{N}]{1,12}$/u.exec(name)?.[0] ?? "";
  let left = LIMITS.filename_bytes - Buffer.byteLength(ending);
  let kept = "";
  for (const character of name.slice(0, name.length - ending.length)) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    kept += character;
  }
  return (kept + ending).trim();
}
