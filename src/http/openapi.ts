import type { OpenAPIHono, z } from "@hono/zod-openapi";
import { ERROR_STATUS } from "@clickclack/protocol";
import { addExamples } from "./examples.ts";
import type { AppEnv } from "./reply.ts";
import type { RouteSpec } from "./route-spec.ts";

const SENTENCES: Record<number, string> = {
  200: "Done.",
  201: "Created.",
  206: "The part of the file that `Range` names.",
  304: "What `If-None-Match` names is still current.",
  202: "Accepted.",
  204: "Done; there is no body.",
  400: "The request is wrong; `details` names each field.",
  401: "No credential, or one that has ended.",
  403: "You may see this but not do that, or a bot's token lacks the scope.",
  404: "Not there, or not yours to see.",
  409: "It clashes with what is there.",
  413: "The body is too large.",
  415: "The content type must be application/json.",
  416: "No part of the file lies in `Range`.",
  429: "Too many requests; `Retry-After` says when.",
  500: "Our fault; `request_id` names it in the server's log.",
  501: "Not configured on this server.",
  503: "Not now; try again.",
};

/** Writes the route into the contract, with the error answers every route can give. */
export function declareRoute(app: OpenAPIHono<AppEnv>, spec: RouteSpec): void {
  const json = (schema: z.ZodType) => ({ "application/json": { schema } });
  const responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }> = {};
  for (const [status, schema] of Object.entries(spec.responses)) {
    const description = SENTENCES[Number(status)] ?? "Done.";
    responses[status] = status === "204" ? { description } : { description, content: json(schema) };
  }
  if (spec.media !== undefined) Object.assign(responses, fileResponses(spec.media));
  for (const status of errorStatuses(spec)) {
    responses[String(status)] = {
      description: SENTENCES[status] ?? "An error.",
      content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
    };
  }
  app.openAPIRegistry.registerPath({
    method: spec.method,
    path: spec.path,
    operationId: operationId(spec),
    tags: [spec.tag],
    summary: spec.summary,
    ...(spec.scope && { description: scopeSentence(spec.scope) }),
    security: spec.access === "public" ? [] : [{ bearer: [] }, { cookie: [] }],
    request: {
      ...(spec.params && { params: spec.params }),
      ...(spec.query && { query: spec.query }),
      ...(spec.body && { body: { required: !spec.body_optional, content: json(spec.body) } }),
      ...(spec.form && { body: { required: true, content: { "multipart/form-data": { schema: spec.form } } } }),
    },
    responses,
  } as Parameters<typeof app.openAPIRegistry.registerPath>[0]);
}

/** What a route can answer that serves a file. */
function fileResponses(media: string): Record<string, { description: string; content?: object }> {
  const content = { [media]: { schema: { type: "string", format: "binary" } } };
  const error = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  return {
    200: { description: "The file.", content },
    206: { description: SENTENCES[206] ?? "", content },
    304: { description: SENTENCES[304] ?? "" },
    416: { description: SENTENCES[416] ?? "", content: error },
  };
}

function scopeSentence(scope: NonNullable<RouteSpec["scope"]>): string {
  const names = [scope].flat().map((name) => `\`${name}\``);
  const wanted = names.length > 1 ? `scope that fits the conversation: ${names.join(" or ")}` : `scope ${names[0]}`;
  return `A bot's token needs the ${wanted}.`;
}

function errorStatuses(spec: RouteSpec): number[] {
  const own = new Set(Object.keys(spec.responses).map(Number));
  const always: (keyof typeof ERROR_STATUS)[] = [
    "validation_failed",
    "rate_limited",
    "internal",
    "unavailable",
    "not_found",
    "forbidden",
  ];
  if (spec.access !== "public") always.push("unauthenticated");
  if (spec.method !== "get") always.push("conflict");
  if (spec.body || spec.form) always.push("payload_too_large");
  if (spec.sign_in) always.push("unsupported_media_type", "unauthenticated", "not_configured");
  return [...new Set(always.map((code) => ERROR_STATUS[code]))].filter((status) => !own.has(status)).sort();
}

/** `POST /api/channels/{channel_id}/messages` becomes `post_channels_channel_id_messages`. */
function operationId(spec: RouteSpec): string {
  const words = spec.path
    .replace(/^\/api\//, "")
    .replace(/[{}]/g, "")
    .replace(/[^A-Za-z0-9]+/g, "_");
  return `${spec.method}_${words}`;
}

/** The document's frame; the routes fill it. */
export function contractDocument(app: OpenAPIHono<AppEnv>, version: string): Record<string, unknown> {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "A session token (`sst_…`) or a bot token (`ccb_…`).",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "cookie", {
    type: "apiKey",
    in: "cookie",
    name: "cc_session",
  });
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "ClickClack",
      version,
      description: "The HTTP contract of a ClickClack server, a superset of ClickClack 0.7. Generated from the routes.",
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    servers: [{ url: "/" }],
  });
  return addExamples(document as unknown as Record<string, unknown>);
}
