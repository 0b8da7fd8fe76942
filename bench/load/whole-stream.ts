/** Shows that the stream all sockets received is itself right: whole, without repeats, in order. */
import type { ReferenceStream } from "./reference-stream.ts";

interface MessageFrame {
  id: string;
  cursor: string | number;
  channel_id: string;
  seq: number;
  payload: { message?: { id: string }; message_id?: string };
}

/** Throws unless the stream holds each acknowledged message once, by rising cursors and sequences. */
export function requireWholeStream(stream: ReferenceStream, acknowledged: ReadonlySet<string>): void {
  const missing = new Set(acknowledged);
  const last_seq = new Map<string, number>();
  let last_cursor: string | number = "";
  for (const text of stream.texts()) {
    const frame = JSON.parse(text) as MessageFrame;
    const message_id = frame.payload.message?.id ?? frame.payload.message_id ?? "";
    if (!missing.delete(message_id)) throw new Error(`${message_id} came twice or was never acknowledged`);
    if (last_cursor !== "" && frame.cursor <= last_cursor)
      throw new Error(`cursor ${frame.cursor} follows ${last_cursor}`);
    last_cursor = frame.cursor;
    // The first message of a channel may follow those of an earlier run.
    const before = last_seq.get(frame.channel_id) ?? frame.seq - 1;
    if (frame.seq !== before + 1) throw new Error(`sequence ${frame.seq} follows ${before} in ${frame.channel_id}`);
    last_seq.set(frame.channel_id, frame.seq);
  }
  if (missing.size > 0) throw new Error(`${missing.size} acknowledged messages reached no socket`);
}
