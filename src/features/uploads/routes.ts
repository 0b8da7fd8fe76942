import type { Database } from "../../db/database.ts";
import { fileReply } from "../../http/file-reply.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { invalid, notFound } from "../../lib/errors.ts";
import { isInlineType } from "../../lib/file-type.ts";
import { thumbnailWidth } from "../../lib/thumbnail-width.ts";
import { ErrorSchema } from "../users/schema.ts";
import { createUpload } from "./creating.ts";
import { ByNonceQuery, CreateQuery, ThumbnailQuery, UploadForm, UploadParams, UploadReply } from "./schema.ts";
import type { UploadStore } from "./store.ts";
import { createThumbnails } from "./thumbnails.ts";
import { findByNonce, findUpload } from "./uploads.ts";

const tag = "uploads";

export function uploadRoutes(router: Router, deps: { db: Database; store: UploadStore }): void {
  creation(router, deps);
  files(router, deps);
}

function creation(router: Router, deps: { db: Database; store: UploadStore }): void {
  router.on(
    {
      method: "post",
      path: "/api/uploads",
      tag,
      summary: "Upload a file",
      scope: "uploads:write",
      query: CreateQuery,
      form: UploadForm,
      responses: { 201: UploadReply, 200: UploadReply },
    },
    async ({ actor, query, request }) => {
      if (!request.body) throw invalid("file", "the request has no body; send multipart/form-data");
      const length = request.headers.get("content-length");
      const { upload, is_new } = await createUpload(deps, actor, {
        workspace_id: query.workspace_id,
        nonce: query.nonce,
        content_type: request.headers.get("content-type") ?? "",
        content_length: length === null ? undefined : Number(length),
        body: request.body,
        signal: request.signal,
      });
      return is_new ? created({ upload }) : ok({ upload });
    },
  );
  router.on(
    {
      method: "get",
      path: "/api/uploads/by-nonce",
      tag,
      summary: "What my upload's nonce became",
      scope: "uploads:write",
      query: ByNonceQuery,
      responses: { 200: UploadReply, 409: ErrorSchema },
    },
    async ({ actor, query }) => {
      const upload = await findByNonce(deps.db, actor, query.workspace_id, query.nonce);
      if (!upload) throw notFound("an upload with this nonce");
      return ok({ upload });
    },
    { "x-clickclack-upload-nonce": "supported" },
  );
}

function files(router: Router, { db, store }: { db: Database; store: UploadStore }): void {
  const thumbnail = createThumbnails(store);
  router.on(
    {
      method: "get",
      path: "/api/uploads/{upload_id}",
      tag,
      summary: "The bytes of a file",
      scope: "messages:read",
      params: UploadParams,
      media: "application/octet-stream",
      responses: {},
    },
    async ({ actor, params, request }) => {
      const { upload, storage_path } = await findUpload(db, actor, params.upload_id);
      const blob = await store.read(storage_path);
      if (!blob) throw notFound("upload");
      const inline = isInlineType(upload.content_type);
      const shown = upload.content_type === "text/plain" ? "text/plain; charset=utf-8" : upload.content_type;
      return fileReply(request, {
        blob,
        etag: `"${upload.id}"`,
        modified_ms: Date.parse(upload.created_at),
        content_type: inline ? shown : "application/octet-stream",
        filename: upload.filename,
        inline,
      });
    },
  );
  router.on(
    {
      method: "get",
      path: "/api/uploads/{upload_id}/thumbnail",
      tag,
      summary: "A smaller copy of a picture",
      scope: "messages:read",
      params: UploadParams,
      query: ThumbnailQuery,
      media: "image/webp",
      responses: {},
    },
    async ({ actor, params, query, request }) => {
      const stored = await findUpload(db, actor, params.upload_id);
      const width = thumbnailWidth(query.w === undefined ? undefined : Number(query.w));
      return fileReply(request, {
        blob: await thumbnail(stored, width),
        etag: `"${stored.upload.id}-w${width}"`,
        modified_ms: Date.parse(stored.upload.created_at),
        content_type: "image/webp",
        filename: `${stored.upload.filename}.webp`,
        inline: true,
      });
    },
  );
}
