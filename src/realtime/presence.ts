import type { PresenceStatus } from "./ephemeral.ts";

/** Who is here: a person is online while at least one of their sockets is alive. */
export interface Presence {
  /** Answers whether this was the first socket. */
  arrived(user_id: string): boolean;
  /** Answers how the person was shown if it was the last. */
  left(user_id: string): PresenceStatus | undefined;
  /** What the person's client reports; answers whether that changed anything. */
  report(user_id: string, status: PresenceStatus): boolean;
  status(user_id: string): PresenceStatus | "offline";
  /** Those of some people who are here, for an answer. */
  list(user_ids: readonly string[]): { user_id: string; status: PresenceStatus }[];
  /** How often that was asked: who was listed as gone has to be announced when they come back. */
  lists(): number;
}

export function createPresence(): Presence {
  const people = new Map<string, { sockets: number; status: PresenceStatus }>();
  let lists = 0;
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
      if (!person) return undefined;
      person.sockets--;
      if (person.sockets > 0) return undefined;
      people.delete(user_id);
      return person.status;
    },
    report(user_id, status) {
      const person = people.get(user_id);
      if (!person || person.status === status) return false;
      person.status = status;
      return true;
    },
    status: (user_id) => people.get(user_id)?.status ?? "offline",
    list(user_ids) {
      lists++;
      return user_ids.flatMap((user_id) => {
        const person = people.get(user_id);
        return person ? [{ user_id, status: person.status }] : [];
      });
    },
    lists: () => lists,
  };
}
