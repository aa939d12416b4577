import { z } from 'zod';
import { ApiError, notFound } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute, JsonReply } from '../../platform/http/route.ts';
import { seconds } from '../../platform/time.ts';
import type { AccountPolicy } from './account-policy.ts';
import type { AccountService } from './account-service.ts';
import { clearedCookies, readCookie } from './cookies.ts';
import type { JoinService } from './join-service.ts';
import { loginBody, resultSchema, success, tokensSchema } from './schema.ts';
import type { SessionService } from './session-service.ts';
import { signInReply, signInSchema, tokensReply } from './sign-in-reply.ts';

const tag = 'Accounts';

const deviceSchema = z.object({
  id: z.string(),
  user_agent: z.string().nullable(),
  ip: z.string().nullable(),
  created_at: z.number(),
  last_used_at: z.number(),
  expires_at: z.number(),
  is_current: z.boolean(),
});

/** What the session routes need. */
export interface SessionRouteOptions {
  service: AccountService;
  sessions: SessionService;
  joining: JoinService;
  policy: AccountPolicy;
}

/** Signing in and out, refreshing, and the devices somebody is signed in on (spec: console §2.4, §3.2). */
export function sessionRoutes(options: SessionRouteOptions): AnyRoute[] {
  return [...signInRoutes(options), ...deviceRoutes(options)];
}

function signInRoutes({ service, sessions, joining, policy }: SessionRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/console/api/login',
      auth: 'public',
      summary: 'Signs in with e-mail and password; answers tokens and sets cookies.',
      tag,
      rate: 'sign-in',
      body: loginBody,
      response: signInSchema,
      errors: [
        'authentication_failed',
        'account_banned',
        'email_code_login_limit',
        'invalid_email',
        'not_setup',
        'forbidden',
        'invalid_param',
      ],
      handler: async ({ body, ip, request }) => {
        if (!(await service.isSetUp())) throw new ApiError('not_setup');
        if (!policy.passwordSignIn) {
          throw new ApiError('forbidden', 'Signing in by password is switched off here.');
        }
        await joining.assertInvited({ email: body.email, token: body.invite_token });
        const account = await service.signIn({ email: body.email, password: body.password, ip });
        await joining.accept({ email: body.email, token: body.invite_token });
        return signInReply({ account, request, ip, sessions, service });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/refresh-token',
      auth: 'public',
      summary: 'Replaces the tokens; the old refresh token dies.',
      tag,
      rate: 'sign-in',
      body: z.object({ refresh_token: z.string().optional() }),
      response: tokensSchema,
      errors: ['unauthorized'],
      handler: async ({ body, request }) =>
        tokensReply(
          await sessions.refresh(body.refresh_token ?? readCookie(request, 'refresh_token')),
          sessions,
        ),
    }),
    ...(['POST', 'GET'] as const).map((method) =>
      defineRoute({
        method,
        path: '/console/api/logout',
        auth: 'console',
        permission: 'account.self',
        summary: 'Ends this session and clears its cookies.',
        tag,
        rate: 'default',
        response: resultSchema,
        handler: async ({ principal }) => {
          await sessions.end(principal.sessionId);
          return new JsonReply(success, { headers: { 'set-cookie': clearedCookies(sessions.cookiePolicy) } });
        },
      }),
    ),
  ];
}

function deviceRoutes({ sessions }: SessionRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/account/sessions',
      auth: 'console',
      permission: 'account.self',
      summary: 'The devices on which the signed-in person is signed in, the latest used first.',
      tag,
      rate: 'default',
      response: z.object({ data: z.array(deviceSchema) }),
      handler: async ({ principal }) => ({
        data: (await sessions.devices(principal.account.id)).map((row) => ({
          id: row.id,
          user_agent: row.userAgent,
          ip: row.ip,
          created_at: seconds(row.createdAt),
          last_used_at: seconds(row.lastUsedAt),
          expires_at: seconds(row.expiresAt),
          is_current: row.id === principal.sessionId,
        })),
      }),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/console/api/account/sessions/:sessionId',
      auth: 'console',
      permission: 'account.self',
      summary: 'Signs one device out.',
      tag,
      rate: 'default',
      params: z.object({ sessionId: z.uuid() }),
      answers: 'nothing',
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        if (!(await sessions.endOwn(principal.account.id, params.sessionId))) {
          throw notFound('Session not found.');
        }
        return undefined;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/account/sessions/revoke-others',
      auth: 'console',
      permission: 'account.self',
      summary: 'Signs all other devices out.',
      tag,
      rate: 'default',
      response: resultSchema,
      handler: async ({ principal }) => {
        await sessions.endAll(principal.account.id, principal.sessionId);
        return success;
      },
    }),
  ];
}
