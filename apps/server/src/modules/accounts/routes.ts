import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute, JsonReply } from '../../platform/http/route.ts';
import { seconds, secondsOrNull } from '../../platform/time.ts';
import type { AccountService } from './account-service.ts';
import { clearedCookies, readCookie, type SessionTokens, sessionCookies } from './cookies.ts';
import {
  avatarBody,
  languageBody,
  loginBody,
  nameBody,
  passwordBody,
  profileSchema,
  resultSchema,
  setupBody,
  success,
  themeBody,
  timezoneBody,
  tokensSchema,
} from './schema.ts';
import type { SessionService } from './session-service.ts';
import type { SignInGuard } from './sign-in-guard.ts';
import type { Account, AccountStore } from './store.ts';

const tag = 'Accounts';

/** What the account routes need. */
export interface AccountRouteOptions {
  accounts: AccountStore;
  service: AccountService;
  sessions: SessionService;
  guard: SignInGuard;
}

/** Set-up, sign-in, sign-out, refresh and the signed-in person's own profile (spec: console §3.2, §3.3). */
export function accountRoutes(options: AccountRouteOptions): AnyRoute[] {
  return [...setupRoutes(options), ...sessionRoutes(options), ...profileRoutes(options)];
}

function setupRoutes({ service }: AccountRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/setup',
      auth: 'public',
      summary: 'Whether the installation has been set up.',
      tag,
      rate: 'default',
      response: z.object({ step: z.enum(['not_started', 'finished']), setup_at: z.string().nullable() }),
      handler: async () => {
        const setupAt = await service.setupAt();
        return setupAt
          ? { step: 'finished' as const, setup_at: setupAt.toISOString() }
          : { step: 'not_started' as const, setup_at: null };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/setup',
      auth: 'public',
      summary: 'Makes the first account and its workspace; works once.',
      tag,
      rate: 'sign-in',
      body: setupBody,
      response: resultSchema,
      status: 201,
      errors: ['already_setup', 'invalid_param'],
      handler: async ({ body }) => {
        const { language, ...rest } = body;
        await service.setUp(language === undefined ? rest : { ...rest, language });
        return success;
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/init',
      auth: 'public',
      summary: 'Whether the initialisation password has been given; this installation asks for none.',
      tag,
      rate: 'default',
      response: z.object({ status: z.enum(['not_started', 'finished']) }),
      handler: async () => ({ status: 'finished' as const }),
    }),
  ];
}

function sessionRoutes({ service, sessions, guard }: AccountRouteOptions): AnyRoute[] {
  const policy = sessions.cookiePolicy;
  const signedIn = (tokens: SessionTokens) =>
    new JsonReply(
      {
        result: 'success' as const,
        data: { access_token: tokens.accessToken, refresh_token: tokens.refreshToken },
      },
      { headers: { 'set-cookie': sessionCookies(tokens, policy), 'cache-control': 'no-store' } },
    );

  return [
    defineRoute({
      method: 'POST',
      path: '/console/api/login',
      auth: 'public',
      summary: 'Signs in with e-mail and password; answers tokens and sets cookies.',
      tag,
      rate: 'sign-in',
      body: loginBody,
      response: tokensSchema,
      errors: [
        'authentication_failed',
        'account_banned',
        'email_code_login_limit',
        'not_setup',
        'invalid_param',
      ],
      handler: async ({ body, ip, request }) => {
        if (!(await service.isSetUp())) throw new ApiError('not_setup');
        await guard.assertOpen(body.email, ip);
        const account = await checked(service, guard, { email: body.email, password: body.password, ip });
        return signedIn(await sessions.open(account.id, { userAgent: userAgentOf(request), ip }));
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
        signedIn(await sessions.refresh(body.refresh_token ?? readCookie(request, 'refresh_token'))),
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
          return new JsonReply(success, { headers: { 'set-cookie': clearedCookies(policy) } });
        },
      }),
    ),
  ];
}

async function checked(
  service: AccountService,
  guard: SignInGuard,
  input: { email: string; password: string; ip: string },
): Promise<Account> {
  try {
    const account = await service.checkPassword(input.email, input.password);
    await guard.succeeded(input.email, input.ip);
    return account;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'authentication_failed') {
      await guard.failed(input.email, input.ip);
    }
    throw error;
  }
}

function userAgentOf(request: FastifyRequest): string | null {
  return request.headers['user-agent'] ?? null;
}

/** A profile as the console reads it. */
function toProfile(account: Account): z.infer<typeof profileSchema> {
  return {
    id: account.id,
    name: account.name,
    avatar: account.avatar,
    avatar_url: null,
    email: account.email,
    is_password_set: account.passwordHash !== null,
    interface_language: account.interfaceLanguage,
    interface_theme: account.interfaceTheme,
    timezone: account.timezone,
    last_login_at: secondsOrNull(account.lastLoginAt),
    last_login_ip: account.lastLoginIp,
    created_at: seconds(account.createdAt),
  };
}

function profileRoutes({ accounts, service, sessions }: AccountRouteOptions): AnyRoute[] {
  async function profileOf(accountId: string): Promise<z.infer<typeof profileSchema>> {
    const account = await accounts.find(accountId);
    if (!account) throw new ApiError('unauthorized_and_force_logout');
    return toProfile(account);
  }

  /** The profile calls differ in one field. */
  function fieldRoute<S extends z.ZodType>(input: {
    field: string;
    body: S;
    summary: string;
    toChange: (body: z.infer<S>) => Parameters<AccountStore['update']>[1];
  }): AnyRoute {
    return defineRoute({
      method: 'POST',
      path: `/console/api/account/${input.field}`,
      auth: 'console',
      permission: 'account.self',
      summary: input.summary,
      tag,
      rate: 'default',
      body: input.body,
      response: profileSchema,
      errors: ['invalid_param'],
      handler: async ({ principal, body }) => {
        await accounts.update(principal.account.id, input.toChange(body as z.infer<S>));
        return profileOf(principal.account.id);
      },
    });
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/account/profile',
      auth: 'console',
      permission: 'account.self',
      summary: 'The signed-in person.',
      tag,
      rate: 'default',
      response: profileSchema,
      handler: async ({ principal }) => profileOf(principal.account.id),
    }),
    fieldRoute({
      field: 'name',
      body: nameBody,
      summary: 'Changes the name.',
      toChange: (body) => ({ name: body.name }),
    }),
    fieldRoute({
      field: 'avatar',
      body: avatarBody,
      summary: 'Changes the picture.',
      toChange: (body) => ({ avatar: body.avatar }),
    }),
    fieldRoute({
      field: 'interface-language',
      body: languageBody,
      summary: 'Changes the language of the console.',
      toChange: (body) => ({ interfaceLanguage: body.interface_language }),
    }),
    fieldRoute({
      field: 'interface-theme',
      body: themeBody,
      summary: 'Changes the theme of the console.',
      toChange: (body) => ({ interfaceTheme: body.interface_theme }),
    }),
    fieldRoute({
      field: 'timezone',
      body: timezoneBody,
      summary: 'Changes the time zone of dates and statistics.',
      toChange: (body) => ({ timezone: body.timezone }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/account/password',
      auth: 'console',
      permission: 'account.self',
      summary: 'Changes the password and signs out all other devices.',
      tag,
      rate: 'sign-in',
      body: passwordBody,
      response: profileSchema,
      errors: ['password_mismatch', 'current_password_incorrect', 'invalid_param'],
      handler: async ({ principal, body }) => {
        if (body.new_password !== body.repeat_new_password) throw new ApiError('password_mismatch');
        await service.changePassword({
          accountId: principal.account.id,
          current: body.password,
          next: body.new_password,
        });
        await sessions.endAll(principal.account.id, principal.sessionId);
        return profileOf(principal.account.id);
      },
    }),
  ];
}
