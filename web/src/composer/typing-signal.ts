import type { App } from "../state/app.svelte.ts";
import type { Target } from "../state/writing.ts";

/** A sign every few seconds is enough: the server's own expires after five. */
const REPEAT_MS = 3000;

/** Tells the others that somebody is writing. Best effort: a lost sign is nobody's problem. */
export class TypingSignal {
  readonly #app: App;
  readonly #target: Target;
  #sent_at_ms = 0;

  constructor(app: App, target: Target) {
    this.#app = app;
    this.#target = target;
  }

  go(): void {
    if (Date.now() - this.#sent_at_ms < REPEAT_MS) return;
    this.#sent_at_ms = Date.now();
    this.#say("typing.started");
  }

  stop(): void {
    if (this.#sent_at_ms === 0) return;
    this.#sent_at_ms = 0;
    this.#say("typing.stopped");
  }

  /** The message itself ends the typing line; nothing needs to be said. */
  forget(): void {
    this.#sent_at_ms = 0;
  }

  #say(type: "typing.started" | "typing.stopped"): void {
    if (this.#app.connection.line !== "live") return;
    const { workspace_id, conversation_id } = this.#target;
    const place = conversation_id.startsWith("dm_")
      ? { direct_conversation_id: conversation_id }
      : { channel_id: conversation_id };
    this.#app.client.events.publishEphemeral({ workspace_id, ...place, type }).catch(() => {});
  }
}
