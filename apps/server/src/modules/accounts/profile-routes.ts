import { z } from 'zod';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import type { AccountService } from './account-service.ts';
import { toProfile } from './present.ts';
import {
  avatarBody,
  languageBody,
  nameBody,
  passwordBody,
  profileSchema,
  themeBody,
  timezoneBody,
} from './schema.ts';
import type { SessionService } from './session-service.ts';
import type { AccountStore } from './store.ts';

const tag = 'Accounts';

/** The signed-in person's own profile (spec: console §3.3). */
export function profileRoutes({
  accounts,
  service,
  sessions,
}: {
  accounts: AccountStore;
  service: AccountService;
  sessions: SessionService;
}): AnyRoute[] {
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
      errors: ['password_mismatch', 'current_password_incorrect', 'email_code_login_limit', 'invalid_param'],
      handler: async ({ principal, body, ip }) => {
        if (body.new_password !== body.repeat_new_password) throw new ApiError('password_mismatch');
        await service.changePassword({
          accountId: principal.account.id,
          current: body.password,
          next: body.new_password,
          ip,
        });
        await sessions.endAll(principal.account.id, principal.sessionId);
        return profileOf(principal.account.id);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/account/integrates',
      auth: 'console',
      permission: 'account.self',
      summary: 'Accounts elsewhere that are linked for signing in; linking is not available here.',
      tag,
      rate: 'default',
      response: z.object({
        data: z.array(
          z.object({
            provider: z.string(),
            created_at: z.number().nullable(),
            is_bound: z.boolean(),
            link: z.string().nullable(),
          }),
        ),
      }),
      handler: async () => ({
        data: ['github', 'google'].map((provider) => ({
          provider,
          created_at: null,
          is_bound: false,
          link: null,
        })),
      }),
    }),
  ];
}
