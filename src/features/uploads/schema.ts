import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";

export const UploadSchema = z
  .strictObject({
    id: z.string(),
    workspace_id: z.string(),
    owner_id: z.string(),
    nonce: z.string().optional(),
    filename: z.string(),
    content_type: z.string(),
    byte_size: z.number().int(),
    width: z.number().int(),
    height: z.number().int(),
    duration_ms: z.number().int(),
    created_at: z.string(),
  })
  .openapi("Upload", {
    example: {
      id: "upl_01m7y5b33df6afp5qzxqbehjym",
      workspace_id: "wsp_01m7y5b1fhp8nx85sebvmgbz15",
      owner_id: "usr_01m7y5b31147gnmdvk12twgpxw",
      nonce: "u-1",
      filename: "claw.txt",
      content_type: "text/plain",
      byte_size: 4,
      width: 0,
      height: 0,
      duration_ms: 0,
      created_at: "2026-05-08T12:00:00.000Z",
    },
  });

const nonce = z.string().max(LIMITS.nonce_chars * 2);

export const UploadParams = z.object({ upload_id: z.string().max(64) });
export const CreateQuery = z.object({
  workspace_id: z.string().max(64).optional().openapi({ description: "Here, or as a field before the file." }),
  nonce: nonce
    .optional()
    .openapi({ description: "Makes a repetition answer the same upload; needs `workspace_id` in the query." }),
});
export const ByNonceQuery = z.object({ workspace_id: z.string().max(64), nonce: nonce.min(1) });
export const ThumbnailQuery = z.object({
  w: z
    .string()
    .regex(/^\d{1,6}$/, "must be a whole number of pixels")
    .optional()
    .openapi({ description: "The width in pixels, 320 when left out; rounded up to a size that is made." }),
});

const number = z.string().optional();
/** Describes the form; it is read as it arrives, so nothing parses with it. */
export const UploadForm = z
  .object({
    workspace_id: z.string().optional(),
    width: number,
    height: number,
    duration_ms: number,
    file: z.string().openapi({ format: "binary", description: "One file of at most 64 MiB, after the other fields." }),
  })
  .openapi("UploadForm");

export const UploadReply = z.strictObject({ upload: UploadSchema });
