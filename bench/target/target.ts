/**
 * What a scenario needs to know about a server it measures. The product, the floor and any peer
 * answer the same requests, so only starting, seeding and looking into their databases differ.
 */
export interface Target {
  readonly name: string;
  /** Makes a data directory with these users and channels, without a server running. */
  prepare(directory: string, population: Population): Promise<Workspace>;
  /** Adds old messages, indexed and in the event log, to a prepared directory. */
  fill?(directory: string, workspace: Workspace, messages: number): Promise<void>;
  /** The command that serves `directory` on a loopback port. */
  command(directory: string, port: number): Command;
  /** A path that answers 200 once the server serves. */
  readonly ready_path: string;
  /** The path of a socket that starts at the tail, as clients open it; the token is its sub-protocol. */
  socketPath(workspace: Workspace, origin: string): Promise<string>;
  /** The path that replays all but the first message ever sent, where that is not `socketPath` as it is then. */
  replayPath?(workspace: Workspace): string;
  /** How many commits there were, and how many writes they held, if the server tells. */
  commits?(origin: string): Promise<CommitCount>;
  /** Where the audit finds what was stored. */
  stored(directory: string): StoredQueries;
}

export interface Population {
  users: number;
  channels: number;
}

/** One workspace in which every user is a member and holds one bearer token. */
export interface Workspace {
  workspace_id: string;
  channel_ids: string[];
  tokens: string[];
}

export interface Command {
  argv: string[];
  env?: Record<string, string>;
}

export interface CommitCount {
  commits: number;
  writes: number;
}

/** Each query yields one row `(id)` per stored copy of a message. */
export interface StoredQueries {
  database_path: string;
  messages: string;
  events: string;
  /** Takes one parameter, the marker word of `load/bodies.ts`. */
  search: string;
  /** One row `(id, channel_id, seq)` per message, to look for gaps. */
  sequences: string;
}

export function meanBatch(count: CommitCount | undefined): number {
  return count && count.commits > 0 ? count.writes / count.commits : Number.NaN;
}
