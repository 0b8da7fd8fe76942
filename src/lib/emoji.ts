import { LIMITS } from "@clickclack/protocol";
import { invalid } from "./errors.ts";

const EMOJI = /^\p{RGI_Emoji}$/v;

/**
 * The emoji in its one standard form: a heart typed without the emoji selector and one with it are
 * the same reaction. Anything that is no single emoji is refused.
 */
export function requireEmoji(text: string): string {
  const emoji = text.trim();
  if (Buffer.byteLength(emoji) <= LIMITS.emoji_bytes) {
    if (EMOJI.test(emoji)) return emoji;
    const selected = `${emoji}\uFE0F`;
    if (EMOJI.test(selected)) return selected;
  }
  throw invalid("emoji", "emoji must be a single emoji");
}
