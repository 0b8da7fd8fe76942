/** How long something about oneself holds. */
export const LENGTHS = ["none", "half_hour", "hour", "four_hours", "today", "week"] as const;
export type Length = (typeof LENGTHS)[number];

const MINUTE_MS = 60_000;

/** The moment it ends, or `undefined` for when it does not end by itself. */
export function endOf(length: Length, now = new Date()): string | undefined {
  switch (length) {
    case "none":
      return undefined;
    case "half_hour":
      return after(now, 30);
    case "hour":
      return after(now, 60);
    case "four_hours":
      return after(now, 240);
    case "today":
      return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).toISOString();
    case "week":
      return after(now, 7 * 24 * 60);
  }
}

function after(now: Date, minutes: number): string {
  return new Date(now.getTime() + minutes * MINUTE_MS).toISOString();
}
