/**
 * The database seam: everything above it speaks SQL through these two interfaces and never learns
 * which engine runs. Everything returns promises, because Postgres cannot be synchronous.
 *
 * A function whose first argument is `db` opens its own transaction; one whose first argument is
 * `tx` joins the caller's. Inside `write`, await nothing but `tx`.
 */
export type Value = string | number | null | Uint8Array;

export interface Tx {
  /** The first row, or `undefined`. */
  get<Row>(sql: string, ...params: Value[]): Promise<Row | undefined>;
  all<Row>(sql: string, ...params: Value[]): Promise<Row[]>;
  run(sql: string, ...params: Value[]): Promise<{ changes: number }>;
  /**
   * Runs the statement at the end of the commit that holds this write, in the order of the calls, and
   * only if the write succeeds. For rows that nothing reads inside a transaction and that cost less
   * when many are written in a row, as those of a full-text index do.
   */
  runLast(sql: string, ...params: Value[]): void;
  /** Wakes the listeners with this key once the transaction has committed. Write only. */
  notify(key: string): void;
}

export interface Database {
  readonly dialect: "sqlite" | "postgres";
  /** Runs `fn` on one consistent snapshot. */
  read<T>(fn: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * One long read by itself, such as a search, off the thread that serves where the engine can. Rows hold
   * text and numbers only.
   */
  query<Row>(sql: string, ...params: Value[]): Promise<Row[]>;
  /** Runs `fn` alone, all or nothing; settles after the commit that holds it. */
  write<T>(fn: (tx: Tx) => Promise<T>): Promise<T>;
  /** Called right after each commit with the keys it notified, in order. Returns the remover. */
  listen(fn: (keys: ReadonlySet<string>) => void): () => void;
  /** What `/metrics` shows: how many commits, and how many writes they held. */
  stats(): { commits: number; writes: number; queued: number };
  close(): Promise<void>;
}
