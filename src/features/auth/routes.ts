import type { Database } from "../../db/database.ts";
import { isLocalRequest } from "../../http/actor.ts";
import { networkOf } from "../../http/address.ts";
import { accepted, created, ok, type Reply, type RequestInfo } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { expiredCookie, moment, sessionCookie } from "../../http/session.ts";
import { forbidden } from "../../lib/errors.ts";
import type { Passwords } from "../../lib/password.ts";
import { type Mailer, requireMailer } from "../mail/mail.ts";
import { consumeMagicLink, signIn } from "./auth.ts";
import type { SignInLimits } from "./limits.ts";
import { createMagicLink, requestLetter } from "./links.ts";
import { changePassword, resetPassword } from "./passwords.ts";
import {
  ConsumeBody,
  EmptyBody,
  HomeLinkReply,
  LoginBody,
  MagicLinkReply,
  MagicRequestBody,
  MethodsReply,
  OkReply,
  OwnSessionsReply,
  PasswordBody,
  ResetBody,
  ResetRequestBody,
  SessionParams,
  SignedInReply,
} from "./schema.ts";
import { endOtherSessions, endSession, listSessions, type SignedIn, signOut } from "./sessions.ts";

export interface AuthDeps {
  db: Database;
  passwords: Passwords;
  limits: SignInLimits;
  mailer: Mailer;
  public_url: string | undefined;
  dev_bootstrap: boolean;
  home: { url: string; label: string };
}

const tag = "auth";

export function authRoutes(router: Router, deps: AuthDeps): void {
  doorRoutes(router, deps);
  signInRoutes(router, deps);
  magicRoutes(router, deps);
  resetRoutes(router, deps);
  passwordRoute(router, deps);
  sessionRoutes(router, deps);
}

/** What a page asks before anybody is signed in. */
function doorRoutes(router: Router, { mailer, home }: AuthDeps): void {
  const { configured } = mailer;
  router.on(
    {
      method: "get",
      path: "/api/auth/methods",
      tag,
      summary: "How people sign in here",
      access: "public",
      responses: { 200: MethodsReply },
    },
    async () => ok({ methods: { password: true, magic_link: configured, password_reset: configured } }),
  );
  router.on(
    {
      method: "get",
      path: "/api/home-link",
      tag,
      summary: "Where the link home leads",
      access: "public",
      responses: { 200: HomeLinkReply },
    },
    async () => ok(home),
  );
}

function signInRoutes(router: Router, { db, passwords, limits, public_url }: AuthDeps): void {
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
    async ({ body, request, info }) => {
      const credentials = { ...body, ...moment(request, info), network: networkOf(info.address) };
      return withCookie(await signIn(db, passwords, limits, credentials), request, info, public_url);
    },
  );
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

function magicRoutes(router: Router, deps: AuthDeps): void {
  const { db, limits, mailer, public_url } = deps;
  router.on(
    {
      method: "post",
      path: "/api/auth/magic/request",
      tag,
      summary: "Have a sign-in link sent; in development it is answered instead",
      access: "public",
      sign_in: true,
      body: MagicRequestBody,
      responses: { 201: MagicLinkReply, 202: OkReply },
    },
    async ({ body, request, info }) => {
      if (mailer.configured || !deps.dev_bootstrap) {
        const origin = requireMailer(mailer, "magic-link delivery is not configured");
        const { network, at_ms } = asker(info);
        await requestLetter(db, limits, { purpose: "sign_in", email: body.email, origin, network, at_ms });
        return accepted({ ok: true as const });
      }
      if (!isLocalRequest(request, info.peer))
        throw forbidden("only this machine may mint sign-in links in development");
      return created(await createMagicLink(db, { ...body, at_ms: info.at_ms }));
    },
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
      limits.address.take(networkOf(info.address), info.at_ms);
      return withCookie(await consumeMagicLink(db, body.token, moment(request, info)), request, info, public_url);
    },
  );
}

function resetRoutes(router: Router, { db, passwords, limits, mailer, public_url }: AuthDeps): void {
  router.on(
    {
      method: "post",
      path: "/api/auth/password/reset/request",
      tag,
      summary: "Have a link sent that sets a new password",
      access: "public",
      sign_in: true,
      body: ResetRequestBody,
      responses: { 202: OkReply },
    },
    async ({ body, info }) => {
      const origin = requireMailer(mailer, "password resets by mail are not configured");
      await requestLetter(db, limits, { purpose: "reset", email: body.email, origin, ...asker(info) });
      return accepted({ ok: true as const });
    },
  );
  router.on(
    {
      method: "post",
      path: "/api/auth/password/reset",
      tag,
      summary: "Set a new password with such a link, and sign in",
      access: "public",
      sign_in: true,
      body: ResetBody,
      responses: { 200: SignedInReply },
    },
    async ({ body, request, info }) => {
      limits.address.take(networkOf(info.address), info.at_ms);
      const input = { ...body, ...moment(request, info) };
      return withCookie(await resetPassword(db, passwords, input), request, info, public_url);
    },
  );
}

function passwordRoute(router: Router, { db, passwords, limits }: AuthDeps): void {
  router.on(
    {
      method: "post",
      path: "/api/auth/password/change",
      tag,
      summary: "Change my password, or set the first one",
      access: "human",
      sign_in: true,
      body: PasswordBody,
      responses: { 200: OkReply },
    },
    async ({ actor, body }) => {
      await changePassword(db, passwords, limits, actor, body);
      return ok({ ok: true as const });
    },
  );
}

function sessionRoutes(router: Router, { db }: AuthDeps): void {
  const mine = { path: "/api/me/sessions", tag, access: "human" } as const;
  router.on(
    { ...mine, method: "get", summary: "Where I am signed in", responses: { 200: OwnSessionsReply } },
    async ({ actor }) => ok({ sessions: await listSessions(db, actor) }),
  );
  router.on(
    { ...mine, method: "delete", summary: "End all my other sessions", responses: { 200: OkReply } },
    async ({ actor }) => {
      await endOtherSessions(db, actor);
      return ok({ ok: true as const });
    },
  );
  router.on(
    {
      ...mine,
      method: "delete",
      path: "/api/me/sessions/{session_id}",
      summary: "End one of my sessions",
      params: SessionParams,
      responses: { 200: OkReply },
    },
    async ({ actor, params }) => {
      await endSession(db, actor, params.session_id);
      return ok({ ok: true as const });
    },
  );
}

/** When letters are asked for, and whose requests are counted. */
const asker = ({ address, at_ms }: RequestInfo) => ({ network: networkOf(address), at_ms });

/** The answer of every way in: the session in the body, and in a cookie for browsers. */
function withCookie<Body extends SignedIn>(
  body: Body,
  request: Request,
  info: RequestInfo,
  public_url: string | undefined,
): Reply<200, Body> {
  return ok(body, { "set-cookie": sessionCookie(body.token, request, info, public_url) });
}
