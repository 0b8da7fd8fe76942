/** One route of the table: how it is called, by whom it may be, and what others hear. */
import type { Ids, World } from "./world.ts";

export interface Asked {
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Entry {
  /** Whom it is about: anybody at all, whoever is signed in, people of a workspace, readers of a conversation. */
  reach: "anybody" | "person" | "workspace" | "conversation";
  ask(ids: Ids, w: World): Asked | Promise<Asked>;
  /** Who may; the owner unless it says otherwise. */
  by?: "bot";
  /** What they are answered. */
  status?: number;
  /** The conversations it can be about. */
  in?: ("open" | "hidden" | "direct")[];
  /** What a guest is answered who was added to no channel. */
  guest?: number;
  /** Only people may, or a bot needs no scope. */
  bots?: "refused" | "unscoped";
  /** A plain member sees it and may not do it. */
  managers?: true;
  /** Answers a file. */
  file?: true;
}

export const workspace = (
  path: (ids: Ids) => string,
  rest: Partial<Entry> & { body?: (ids: Ids) => unknown } = {},
): Entry => {
  const { body, ...entry } = rest;
  return { reach: "workspace", ask: (ids) => asked(path(ids), body?.(ids)), ...entry };
};
export const conversation = (
  places: Entry["in"],
  path: (ids: Ids) => string,
  rest: Partial<Entry> & { body?: (ids: Ids) => unknown } = {},
): Entry => {
  const { body, ...entry } = rest;
  return { reach: "conversation", in: places, guest: 404, ask: (ids) => asked(path(ids), body?.(ids)), ...entry };
};
const asked = (path: string, body: unknown): Asked => (body === undefined ? { path } : { path, body });
