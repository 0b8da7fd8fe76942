/**
 * Message texts as a team writes them, repeatable: words by Zipf's law (the first is in every second
 * message, most of thirty thousand are rare), some Han, Thai, accents, emoji and links.
 */
import { createRandom } from "./bodies.ts";

const VOCABULARY = 30_000;
const SYLLABLES =
  "ba be bi bo da de di do fa fe ga go ha he ho ja jo ka ke ki ko la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se si so ta te ti to va ve wa we ya yo za".split(
    " ",
  );
const COMMON =
  "the deploy to a build is on we and test it for in merge branch with review server fix error please release today team".split(
    " ",
  );
const HAN = [..."部署测试发布合并代码分支服务器错误今天会议请大家确认一下问题已经修复"];
const THAI = ["ประชุม", "วันนี้", "ทดสอบ", "เซิร์ฟเวอร์", "ขอบคุณ", "แก้ไข", "ระบบ"];
const SPICE = ["café", "naïve", "🎉", "👍", "🚀", "https://example.org/runs/"];

/** Words that scenarios look for: what share of the messages holds each is about known. */
export const WORDS = { common: "the", medium: "release", han: "部署" };

export interface Chatter {
  body(): string;
  /** The word of a rank: 0 is the most frequent. */
  word(rank: number): string;
  random: () => number;
}

export function createChatter(seed: number): Chatter {
  const random = createRandom(seed);
  const vocabulary = [...COMMON];
  const seen = new Set(vocabulary);
  while (vocabulary.length < VOCABULARY) {
    const length = 2 + Math.floor(random() * 3);
    const word = Array.from({ length }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join("");
    if (!seen.has(word)) vocabulary.push(word);
    seen.add(word);
  }
  const scale = Math.log(VOCABULARY + 1);
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  /** Ranks fall off as one over the rank, which is what the exponential of an even number does. */
  const zipf = () => vocabulary[Math.floor(Math.exp(random() * scale)) - 1] ?? "";

  function latin(): string {
    const words = Array.from({ length: 4 + Math.floor(random() ** 2 * 40) }, zipf);
    if (random() < 0.15) words.push(pick(SPICE) ?? "");
    return words.join(" ");
  }

  function body(): string {
    const kind = random();
    if (kind < 0.02) return Array.from({ length: 6 + Math.floor(random() * 14) }, () => pick(HAN)).join("");
    if (kind < 0.03) return Array.from({ length: 3 + Math.floor(random() * 5) }, () => pick(THAI)).join("");
    return latin();
  }

  return { body, word: (rank) => vocabulary[rank] ?? "", random };
}
