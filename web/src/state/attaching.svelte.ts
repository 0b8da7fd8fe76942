import { LIMITS, type Upload } from "@clickclack/protocol";
import { type CoreClient, ClickClackError } from "@clickclack/sdk";
import { SvelteMap } from "svelte/reactivity";
import { newNonce } from "../shared/nonce.ts";

/** A file on its way to the server, for the message that is being written. */
export interface Attached {
  nonce: string;
  name: string;
  byte_size: number;
  /** A picture as this browser has it; shown before the server has it. */
  preview?: string;
  /** How much is there, 0 to 1. */
  progress: number;
  upload?: Upload;
  error?: string | undefined;
  stop: () => void;
  again: () => void;
}

/** Why a file was not taken at all. */
export type Refusal = "many" | "large";

const PREVIEWED = /^image\/(png|jpeg|gif|webp)$/;

/** Files of each message that is being written. A target is a conversation or a root. */
export class Attaching {
  readonly #byTarget = new SvelteMap<string, Attached[]>();
  readonly #client: CoreClient;

  constructor(client: CoreClient) {
    this.#client = client;
  }

  of(target: string): Attached[] {
    return this.#byTarget.get(target) ?? [];
  }

  /** Uploads a file at once; it is sent with the message. */
  add(target: string, workspace_id: string, file: File): Refusal | undefined {
    const list = this.of(target);
    if (list.length >= LIMITS.attachments_per_message) return "many";
    if (file.size > LIMITS.upload_bytes) return "large";
    const abort = new AbortController();
    const nonce = newNonce();
    const go = (): void => void this.#upload(target, workspace_id, { nonce, file }, abort.signal);
    const one: Attached = {
      nonce,
      name: file.name || "file",
      byte_size: file.size,
      ...(PREVIEWED.test(file.type) ? { preview: URL.createObjectURL(file) } : {}),
      progress: 0,
      stop: () => abort.abort(),
      again: go,
    };
    this.#byTarget.set(target, [...list, one]);
    go();
    return undefined;
  }

  remove(target: string, nonce: string): void {
    const one = this.of(target).find((item) => item.nonce === nonce);
    one?.stop();
    if (one?.preview) URL.revokeObjectURL(one.preview);
    this.#set(
      target,
      this.of(target).filter((item) => item.nonce !== nonce),
    );
  }

  /** Takes what is stored for the message that is sent now. */
  take(target: string): Upload[] {
    const list = this.of(target);
    for (const { preview } of list) if (preview) URL.revokeObjectURL(preview);
    this.#byTarget.delete(target);
    return list.flatMap(({ upload }) => upload ?? []);
  }

  /** Somebody else may sign in: nothing of this person's stays. */
  clear(): void {
    for (const [target, list] of this.#byTarget) for (const { nonce } of list) this.remove(target, nonce);
  }

  retry(target: string, nonce: string): void {
    this.of(target)
      .find((one) => one.nonce === nonce)
      ?.again();
  }

  async #upload(
    target: string,
    workspace_id: string,
    { nonce, file }: { nonce: string; file: File },
    signal: AbortSignal,
  ): Promise<void> {
    this.#patch(target, nonce, { error: undefined, progress: 0 });
    try {
      const onProgress = (progress: number): void => this.#patch(target, nonce, { progress });
      const { upload } = await this.#client.uploads.create(workspace_id, file, file.name || "file", {
        nonce,
        signal,
        onProgress,
      });
      this.#patch(target, nonce, { upload, progress: 1 });
    } catch (error) {
      if (signal.aborted) return;
      this.#patch(target, nonce, { error: error instanceof ClickClackError ? error.message : String(error) });
    }
  }

  #patch(target: string, nonce: string, patch: Partial<Attached>): void {
    this.#set(
      target,
      this.of(target).map((one) => (one.nonce === nonce ? { ...one, ...patch } : one)),
    );
  }

  #set(target: string, list: Attached[]): void {
    if (list.length > 0) this.#byTarget.set(target, list);
    else this.#byTarget.delete(target);
  }
}
