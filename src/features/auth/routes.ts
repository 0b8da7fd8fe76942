import type { Database } from "../../db/database.ts";
import { isLocalRequest } from "../../http/actor.ts";
import { networkOf } from "../../http/address.ts";
import { created, ok, type Reply, type RequestInfo } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { expiredCookie, moment, sessionCookie } from "../../http/session.ts";
import { AppError, forbidden } from "../../lib/errors.ts";
import type { Passwords } from "../../lib/password.ts";
import { consumeMagicLink, createMagicLink, signIn, type SignedIn, type SignInLimits, signOut } from "./auth.ts";
import {
  ConsumeBody,
  EmptyBody,
  LoginBody,
  MagicLinkReply,
  MagicRequestBody,
  OkReply,
  SignedInReply,
} from "./schema.ts";

export interface AuthDeps {
  db: Database;
  passwords: Passwords;
  limits: SignInLimits;
  public_url: string | undefined;
  dev_bootstrap: boolean;
}

const tag = "auth";

export function authRoutes(router: Router, deps: AuthDeps): void {
  const { db, public_url } = deps;

  router.on(
    {
      method: "post",
      path: "/api/auth/password/login",
      tag,
      summary: "Sign in with a password",
      access: "public",
      sign_in: true,
      body: LoginBody,
      responses: { 200: SignedInReply },
    },
    async ({ body, request, info }) =>
      withCookie(
        await signIn(db, deps.passwords, deps.limits, {
          ...body,
          ...moment(request, info),
          network: networkOf(info.address),
        }),
        request,
        info,
        public_url,
      ),
  );
  router.on(
    {
      method: "post",
      path: "/api/auth/magic/consume",
      tag,
      summary: "Sign in with a one-time link",
      access: "public",
      sign_in: true,
      body: ConsumeBody,
      responses: { 200: SignedInReply },
    },
    async ({ body, request, info }) => {
      deps.limits.address.take(networkOf(info.address), info.at_ms);
      return withCookie(await consumeMagicLink(db, body.token, moment(request, info)), request, info, public_url);
    },
  );
  developerLinks(router, deps);
  router.on(
    {
      method: "post",
      path: "/api/auth/logout",
      tag,
      summary: "Sign out",
      access: "optional",
      sign_in: true,
      body: EmptyBody,
      body_optional: true,
      responses: { 200: OkReply },
    },
    async ({ actor, request, info }) => {
      await signOut(db, actor);
      return ok({ ok: true as const }, { "set-cookie": expiredCookie(request, info, public_url) });
    },
  );
}

/** In development the link is answered instead of mailed. */
function developerLinks(router: Router, deps: AuthDeps): void {
  router.on(
    {
      method: "post",
      path: "/api/auth/magic/request",
      tag,
      summary: "Mint a sign-in link (development only)",
      access: "public",
      sign_in: true,
      body: MagicRequestBody,
      responses: { 201: MagicLinkReply },
    },
    async ({ body, request, info }) => {
      if (!deps.dev_bootstrap) throw new AppError("not_configured", "magic-link delivery is not configured");
      if (!isLocalRequest(request, info.peer))
        throw forbidden("only this machine may mint sign-in links in development");
      return created(await createMagicLink(deps.db, { ...body, at_ms: info.at_ms }));
    },
  );
}

/** The answer of every way in: the session in the body, and in a cookie for browsers. */
function withCookie<Body extends SignedIn>(
  body: Body,
  request: Request,
  info: RequestInfo,
  public_url: string | undefined,
): Reply<200, Body> {
  return ok(body, { "set-cookie": sessionCookie(body.token, request, info, public_url) });
}
