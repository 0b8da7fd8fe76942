import type { Answer } from "./answer.ts";
import type { CallOptions, Http } from "./http.ts";

/** Your picture. The server keeps a small copy of it, and `user.avatar_url` is where that is. */
export function avatarApi(http: Http) {
  return {
    /**
     * @param file a picture of at most 5 MiB: PNG, JPEG, GIF or WebP.
     * @throws ClickClackError `payload_too_large`, or `validation_failed` for what is no picture.
     * @example
     * const { user } = await client.avatar.set(input.files[0]);
     */
    set: (file: Blob | Uint8Array<ArrayBuffer> | ArrayBuffer, options?: CallOptions) => {
      const form = new FormData();
      form.set("file", file instanceof Blob ? file : new Blob([file]), "avatar");
      return http.request<Answer<"put", "/api/me/avatar">>("PUT", "/api/me/avatar", {
        ...options,
        form,
        repeatable: true,
      });
    },

    /** Back to none. */
    remove: (options?: CallOptions) =>
      http.request<Answer<"delete", "/api/me/avatar">>("DELETE", "/api/me/avatar", { ...options, repeatable: true }),
  };
}
