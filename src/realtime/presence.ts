import type { PresenceStatus } from "./ephemeral.ts";

/** Who is here: a person is online while at least one of their sockets is alive. */
export interface Presence {
  /** Answers whether this was the first socket. */
  arrived(user_id: string): boolean;
  /** Answers whether it was the last. */
  left(user_id: string): boolean;
  /** What the person's client reports; answers whether that changed anything. */
  report(user_id: string, status: PresenceStatus): boolean;
  status(user_id: string): PresenceStatus | "offline";
}

export function createPresence(): Presence {
  const people = new Map<string, { sockets: number; status: PresenceStatus }>();
  return {
    arrived(user_id) {
      const person = people.get(user_id);
      if (person) {
        person.sockets++;
        return false;
      }
      people.set(user_id, { sockets: 1, status: "online" });
      return true;
    },
    left(user_id) {
      const person = people.get(user_id);
      if (!person) return false;
      person.sockets--;
      if (person.sockets > 0) return false;
      people.delete(user_id);
      return true;
    },
    report(user_id, status) {
      const person = people.get(user_id);
      if (!person || person.status === status) return false;
      person.status = status;
      return true;
    },
    status: (user_id) => people.get(user_id)?.status ?? "offline",
  };
}
