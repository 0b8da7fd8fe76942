import { fileReply } from "../../http/file-reply.ts";
import { ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { invalid } from "../../lib/errors.ts";
import { type AvatarDeps, createAvatars, readAvatar } from "./avatars.ts";
import { readMe, updateMe } from "./me.ts";
import { AvatarForm, AvatarParams, MeReply, UpdateMeBody } from "./schema.ts";

const tag = "users";

export function userRoutes(router: Router, deps: AvatarDeps): void {
  router.on(
    {
      method: "get",
      path: "/api/me",
      tag,
      summary: "Who I am",
      scope: "profile:read",
      responses: { 200: MeReply },
    },
    async ({ actor }) => ok({ user: await readMe(deps.db, actor) }),
  );
  router.on(
    {
      method: "patch",
      path: "/api/me",
      tag,
      summary: "Change my profile and my settings",
      access: "human",
      body: UpdateMeBody,
      responses: { 200: MeReply },
    },
    async ({ actor, body }) => ok({ user: await updateMe(deps, actor, body) }),
  );
  pictures(router, deps);
}

function pictures(router: Router, deps: AvatarDeps): void {
  const avatars = createAvatars(deps);
  router.on(
    {
      method: "put",
      path: "/api/me/avatar",
      tag,
      summary: "Set my picture",
      access: "human",
      form: AvatarForm,
      responses: { 200: MeReply },
    },
    async ({ actor, request }) => {
      if (!request.body) throw invalid("file", "the request has no body; send multipart/form-data");
      const length = request.headers.get("content-length");
      const user = await avatars.set(actor, {
        content_type: request.headers.get("content-type") ?? "",
        content_length: length === null ? undefined : Number(length),
        body: request.body,
      });
      return ok({ user });
    },
  );
  router.on(
    {
      method: "delete",
      path: "/api/me/avatar",
      tag,
      summary: "Remove my picture",
      access: "human",
      responses: { 200: MeReply },
    },
    async ({ actor }) => ok({ user: await updateMe(deps, actor, { avatar_url: "" }) }),
  );
  router.on(
    {
      method: "get",
      path: "/api/avatars/{key}",
      tag,
      summary: "A picture of somebody",
      access: "public",
      params: AvatarParams,
      media: "image/webp",
      responses: {},
    },
    async ({ params, request }) => {
      const { avatar, blob } = await readAvatar(deps, params.key);
      const reply = fileReply(request, {
        blob,
        etag: `"${avatar.key}"`,
        modified_ms: Date.parse(avatar.created_at),
        content_type: avatar.content_type,
        filename: "avatar.webp",
        inline: true,
      });
      // Another picture has another address, so a copy is good for ever.
      return { ...reply, headers: { ...reply.headers, "cache-control": "public, max-age=31536000, immutable" } };
    },
  );
}
