import { ID_PREFIX, type Id, type IdKind } from "@clickclack/protocol";
import { incrementBase32, monotonicFactory } from "ulid";

const next = monotonicFactory();

/** A new id: prefix and lower-case monotonic ULID, so ids of a kind sort by creation. */
export function newId<K extends IdKind>(kind: K): Id<K> {
  return `${ID_PREFIX[kind]}_${next().toLowerCase()}` as Id<K>;
}

/**
 * The next event cursor of a workspace: always above `last`, also when the clock jumps back,
 * because commit order has to be cursor order.
 */
export function nextCursor(last: string | null): Id<"cursor"> {
  const fresh = newId("cursor");
  if (last === null || fresh > last) return fresh;
  return `${ID_PREFIX.cursor}_${incrementBase32(last.slice(4).toUpperCase()).toLowerCase()}` as Id<"cursor">;
}

/** The lowest cursor of a moment: everything older sorts below it. */
export function cursorAt(ms: number): string {
  return `${ID_PREFIX.cursor}_${encodeBase32(ms, 10)}${"0".repeat(16)}`;
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function encodeBase32(value: number, length: number): string {
  let rest = value;
  let text = "";
  for (let i = 0; i < length; i++) {
    text = CROCKFORD.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text.toLowerCase();
}

/** A public route id: kind letter and 80 random bits in Crockford's alphabet. */
export function newRouteId(letter: "T" | "C" | "D" | "M"): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let text = letter as string;
  for (const byte of bytes) text += CROCKFORD.charAt(byte & 31);
  return text;
}

/**
 * A channel root's route id: the moment of its id and the end of it, which tells messages of one moment
 * apart. It follows from the id, so it is stored nowhere.
 */
export function messageRouteId(message_id: string): string {
  return `M${message_id.slice(4, 14)}${message_id.slice(-6)}`.toUpperCase();
}

/** What ids of a route id begin and end with. */
export function messageOfRoute(route_id: string): { begins: string; ends: string } {
  const text = route_id.toLowerCase();
  return { begins: `msg_${text.slice(1, 11)}`, ends: text.slice(11) };
}
