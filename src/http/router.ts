import type { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Logger } from "pino";
import { type Actor, canUseScope, requireHuman, requireScope, type Scope } from "../lib/actor.ts";
import { AppError, forbidden } from "../lib/errors.ts";
import { type ActorOptions, isSameOrigin, resolveActor } from "./actor.ts";
import { isJson, readJson } from "./body.ts";
import { answerError } from "./errors.ts";
import { declareRoute } from "./openapi.ts";
import type { RequestLimit } from "./request-limit.ts";
import {
  type AppContext,
  type AppEnv,
  type FileReply,
  fileResponse,
  jsonResponse,
  type Reply,
  type RequestInfo,
} from "./reply.ts";
import type { RouteSpec } from "./route-spec.ts";
import { parseWith } from "./validation.ts";

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type ActorOf<Spec extends RouteSpec> = Spec["access"] extends "public"
  ? undefined
  : Spec["access"] extends "optional"
    ? Actor | undefined
    : Actor;

export interface Input<Spec extends RouteSpec> {
  actor: ActorOf<Spec>;
  params: Output<Spec["params"]>;
  query: Output<Spec["query"]>;
  body: Output<Spec["body"]>;
  info: RequestInfo;
  request: Request;
}

export type ReplyOf<Spec extends RouteSpec> = Spec["media"] extends string
  ? FileReply
  : {
      [Status in keyof Spec["responses"] & number]: Reply<Status, z.input<Spec["responses"][Status]>>;
    }[keyof Spec["responses"] & number];

export interface Router {
  /** Adds a route; `headers` go with every answer of it, errors too. */
  on<const Spec extends RouteSpec>(
    spec: Spec,
    handler: (input: Input<Spec>) => Promise<ReplyOf<Spec>>,
    headers?: Record<string, string>,
  ): void;
  /** Resolves the asking actor for the few routes that are not JSON (sockets). */
  actor(c: AppContext): Promise<Actor | undefined>;
  /** The methods a path has, for 405. */
  methods(path: string): string[];
}

export interface RouterOptions extends ActorOptions {
  app: OpenAPIHono<AppEnv>;
  limit: RequestLimit | undefined;
  log: Logger;
}

export function createRouter(options: RouterOptions): Router {
  const { app, limit, log } = options;
  async function identify(
    spec: Pick<RouteSpec, "access" | "scope">,
    request: Request,
    info: RequestInfo,
  ): Promise<Actor | undefined> {
    if (spec.access === "public") {
      limit?.(info, undefined);
      return undefined;
    }
    let actor: Actor | undefined;
    try {
      actor = await resolveActor(request, info, options);
    } catch (error) {
      // An ended session must not keep anybody from signing out or in.
      const ended = error instanceof AppError && error.code === "unauthenticated";
      if (!(spec.access === "optional" && ended)) {
        limit?.(info, undefined);
        throw error;
      }
    }
    limit?.(info, actor);
    if (!actor && spec.access !== "optional") throw new AppError("unauthenticated", "authentication required");
    if (actor && spec.access === "human") requireHuman(actor);
    if (actor && spec.scope) requireAnyScope(actor, spec.scope);
    return actor;
  }

  async function answer(
    spec: RouteSpec,
    c: AppContext,
    handler: (input: Input<RouteSpec>) => Promise<Reply | FileReply>,
    headers: Record<string, string> | undefined,
  ): Promise<Response> {
    const info = c.get("info");
    const request = c.req.raw;
    if (spec.sign_in) requireSignInRequest(request, options.public_url);
    const actor = await identify(spec, request, info);
    const params = spec.params && parseWith(spec.params, c.req.param(), "the path");
    const query = spec.query && parseWith(spec.query, c.req.query(), "the query");
    const body = await bodyOf(spec, request);
    const reply = await handler({ actor, params, query, body, info, request } as Input<RouteSpec>);
    if ("file" in reply) return fileResponse(info, reply);
    return jsonResponse(info, headers ? { ...reply, headers: { ...headers, ...reply.headers } } : reply);
  }

  const literals = literalRoutes(app);
  return {
    on(spec, handler, headers) {
      declareRoute(app, spec);
      const run = handler as unknown as (input: Input<RouteSpec>) => Promise<Reply | FileReply>;
      const method = spec.method.toUpperCase();
      const respond: Responder = (c) =>
        answer(spec, c, run, headers).catch((error: unknown) => answerError(error, c.get("info"), log, headers));
      if (spec.path.includes("{")) app.on(method, spec.path.replace(/\{(\w+)\}/g, ":$1"), respond);
      else literals.set(`${method} ${spec.path}`, respond);
    },
    actor: (c) => identify({}, c.req.raw, c.get("info")),
    methods: (path) => [
      ...METHODS.filter((method) => literals.has(`${method} ${path}`)),
      ...app.routes
        .filter((route) => route.method !== "ALL" && pathPattern(route.path).test(path))
        .map((route) => route.method),
    ],
  };
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

type Responder = (c: AppContext) => Promise<Response>;

/**
 * Routes without parameters, by method and path. One of them beside one with (`/by-nonce`, `/:id`)
 * would make the framework fall back to a matcher that costs 9 µs a request, so they are found by name
 * before it looks.
 */
function literalRoutes(app: OpenAPIHono<AppEnv>): Map<string, Responder> {
  const literals = new Map<string, Responder>();
  app.use("*", async (c, next) => {
    const method = c.req.method === "HEAD" ? "GET" : c.req.method;
    const found = literals.get(`${method} ${c.req.path}`);
    if (!found) return next();
    c.get("info").route = c.req.path;
    return found(c);
  });
  return literals;
}

function requireAnyScope(actor: Actor, scope: Scope | readonly Scope[]): void {
  if (typeof scope === "string") return requireScope(actor, scope);
  if (!scope.some((one) => canUseScope(actor, one))) requireScope(actor, scope[0] ?? "messages:read");
}

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replace(/:\w+/g, "[^/]+")}$`);
}

function requireSignInRequest(request: Request, public_url: string | undefined): void {
  if (!isSameOrigin(request, public_url)) throw forbidden("cross-site session requests are not allowed");
  if (!isJson(request)) throw new AppError("unsupported_media_type", "send the request body as application/json");
}

async function bodyOf(spec: RouteSpec, request: Request): Promise<unknown> {
  if (!spec.body) return undefined;
  if (spec.body_optional && request.body === null) return parseWith(spec.body, {}, "the request body");
  return parseWith(spec.body, withoutNulls(await readJson(request)), "the request body");
}

/** Clients of the original send `null` for a field they leave out; both mean the same. */
function withoutNulls(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
