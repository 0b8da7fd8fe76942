import type { Upload } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** A large file over a slow line takes its time. */
const UPLOAD_TIMEOUT_MS = 10 * 60 * 1000;

export interface UploadOptions extends CallOptions {
  /** Up to 128 characters, unique for each person: the same one never stores twice, so the call is retried. */
  nonce?: string | undefined;
  /** Pixels of a video; of pictures the server finds out itself. */
  width?: number | undefined;
  height?: number | undefined;
  /** Length of sound or video in milliseconds. */
  duration_ms?: number | undefined;
  /** In a page: told how much has been sent, from 0 to 1. */
  onProgress?: ((sent: number) => void) | undefined;
}

export function uploadsApi(http: Http) {
  return {
    /**
     * Stores a file of at most 64 MiB; put its id into `upload_ids` of a message. A file that no message
     * carries is deleted after a day. Rejects with `payload_too_large` when it or your quota is too large.
     *
     * @example
     * const { upload } = await client.uploads.create(workspace.id, new Blob(["tide table"]), "tides.txt");
     * await client.channels.sendMessage(channel.id, { body: "Here it is", upload_ids: [upload.id] });
     */
    create: (
      workspaceId: string,
      file: Blob | Uint8Array<ArrayBuffer> | ArrayBuffer,
      filename = "upload.bin",
      { nonce, width, height, duration_ms, ...options }: UploadOptions = {},
    ): Promise<{ upload: Upload }> => {
      const form = new FormData();
      for (const [name, value] of Object.entries({ width, height, duration_ms }))
        if (value !== undefined) form.set(name, String(value));
      form.set("file", file instanceof Blob ? file : new Blob([file]), filename);
      return http.request("POST", "/api/uploads", {
        timeout_ms: UPLOAD_TIMEOUT_MS,
        ...options,
        query: { workspace_id: workspaceId, nonce },
        form,
        repeatable: nonce !== undefined,
      });
    },

    /** Your upload with this nonce, or `undefined` when the server has none: was one with a lost answer stored? */
    findByNonce: (workspaceId: string, nonce: string, options?: CallOptions): Promise<{ upload: Upload } | undefined> =>
      http.request("GET", "/api/uploads/by-nonce", {
        ...options,
        query: { workspace_id: workspaceId, nonce },
        absent_header: "x-clickclack-upload-nonce",
      }),

    /** Puts a file on a message that you wrote. */
    attach: (messageId: string, uploadId: string, options?: CallOptions): Promise<{ ok: true }> =>
      http.request("POST", `/api/messages/${segment(messageId)}/attachments`, {
        ...options,
        body: { upload_id: uploadId },
        repeatable: true,
      }),

    /** Where the bytes are; whoever asks needs the cookie or `Authorization: Bearer`. Ranges and `ETag` work. */
    url: (uploadId: string): string => `${http.options.baseUrl}/api/uploads/${segment(uploadId)}`,

    /** Where a picture's smaller copy is, at least `width` pixels wide if it can be; 404 for what is no picture. */
    thumbnailUrl: (uploadId: string, width?: number): string =>
      `${http.options.baseUrl}/api/uploads/${segment(uploadId)}/thumbnail${width === undefined ? "" : `?w=${width}`}`,
  };
}
