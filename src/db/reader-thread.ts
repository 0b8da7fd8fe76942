import type { ErrorCode } from "@clickclack/protocol";
import { AppError } from "../lib/errors.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { Value } from "./database.ts";
import { explain } from "./failure.ts";

export interface Question {
  id: number;
  sql: string;
  params: readonly Value[];
}

/** Rows travel as one text, which costs the thread that serves a tenth of copying them one by one. */
export type Answer = { id: number; rows: string } | { id: number; message: string; code?: ErrorCode };

/** What the thread needs of the one that started it. */
export interface Port {
  onmessage: ((message: MessageEvent<{ path: string } | Question>) => void) | null;
  postMessage(answer: Answer): void;
}

/** The other end of `LongReads`: opens the database it is told, and answers one question after another. */
export function serveReads(port: Port): void {
  let connection: Connection | undefined;
  port.onmessage = ({ data }) => {
    if ("path" in data) connection = openReader(data.path);
    else if (connection) port.postMessage(answer(connection, data));
  };
}

function answer(connection: Connection, { id, sql, params }: Question): Answer {
  try {
    const { statement, control, params: expected } = connection.prepared(sql);
    if (control) throw new Error(`a long read is one statement that reads: ${sql}`);
    if (expected !== params.length) throw new Error(`${expected} values expected, ${params.length} given: ${sql}`);
    return { id, rows: JSON.stringify(statement.all(...params)) };
  } catch (error) {
    const explained = explain(error);
    const message = explained instanceof Error ? explained.message : String(explained);
    return explained instanceof AppError ? { id, message, code: explained.code } : { id, message };
  }
}

const CACHE_KB = 16 * 1024;
const STATEMENTS = 50;

function openReader(path: string): Connection {
  const options: ConnectionOptions = {
    path,
    readonly: true,
    busy_timeout_ms: 5000,
    cache_kb: CACHE_KB,
    statements: STATEMENTS,
  };
  return new Connection(options);
}
