import type { z } from "@hono/zod-openapi";
import type { Scope } from "../lib/actor.ts";

/** One route of the contract: what it takes, what it answers and who may ask. */
export interface RouteSpec {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** OpenAPI style, e.g. `/api/channels/{channel_id}/messages`. */
  path: string;
  tag: string;
  summary: string;
  /**
   * `actor` (the default) needs a credential, `human` one of a person, `optional` takes either,
   * `public` never looks.
   */
  access?: "actor" | "human" | "optional" | "public";
  /** The scope a bot's token needs; of several any one, and the verb asks for the one that fits. */
  scope?: Scope | readonly Scope[];
  /** Sign-in routes: JSON content type or 415, and never from another site. */
  sign_in?: boolean;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The body may be missing altogether. */
  body_optional?: boolean;
  /** A multipart form, which the handler reads itself while it arrives. */
  form?: z.ZodType;
  /** It answers a file of this media type, whole or a range of it, instead of JSON. */
  media?: string;
  responses: Record<number, z.ZodType>;
}
