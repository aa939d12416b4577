import { z } from 'zod';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import type { EmailService } from './email-service.ts';
import { toProfile } from './present.ts';
import {
  checkedSchema,
  codeBody,
  emailField,
  languageField,
  profileSchema,
  resultSchema,
  sentSchema,
  success,
} from './schema.ts';
import type { AccountStore } from './store.ts';

const tag = 'Accounts';

/** The change of one's own address (spec: console §3.3). */
export function emailRoutes({
  emails,
  accounts,
}: {
  emails: EmailService;
  accounts: AccountStore;
}): AnyRoute[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/console/api/account/change-email',
      auth: 'console',
      permission: 'account.self',
      summary:
        'Sends a code to the present address, then (phase `new_email`, with its token) to the new one.',
      tag,
      rate: 'mail',
      body: z.object({
        email: emailField.optional(),
        language: languageField.optional(),
        phase: z.enum(['old_email', 'new_email']).default('old_email'),
        token: z.string().optional(),
      }),
      response: sentSchema,
      errors: [
        'email_change_rate_limit_exceeded',
        'email_send_ip_limit',
        'invalid_or_expired_token',
        'email_already_in_use',
        'invalid_email',
        'bad_request',
      ],
      handler: async ({ principal, body, ip }) => {
        const { language, token } = body;
        const accountId = principal.account.id;
        if (body.phase === 'old_email') {
          return { result: 'success' as const, data: await emails.sendOldCode({ accountId, language, ip }) };
        }
        if (body.email === undefined) throw new ApiError('invalid_email');
        const email = body.email;
        return {
          result: 'success' as const,
          data: await emails.sendNewCode({ accountId, email, token, language, ip }),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/account/change-email/validity',
      auth: 'console',
      permission: 'account.self',
      summary: 'Exchanges a right code for the token of the next step.',
      tag,
      rate: 'sign-in',
      body: codeBody,
      response: checkedSchema,
      errors: ['email_code_error', 'invalid_or_expired_token', 'email_change_limit'],
      handler: async ({ principal, body, ip }) => ({
        is_valid: true,
        email: body.email,
        token: await emails.checkCode({ ...body, accountId: principal.account.id, ip }),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/account/change-email/reset',
      auth: 'console',
      permission: 'account.self',
      summary: 'Changes the address; where no mail is sent, the password is asked for instead of the token.',
      tag,
      rate: 'sign-in',
      body: z.object({
        new_email: emailField,
        token: z.string().optional(),
        password: z.string().max(1_024).optional(),
      }),
      response: profileSchema,
      errors: [
        'invalid_or_expired_token',
        'email_already_in_use',
        'current_password_incorrect',
        'email_code_login_limit',
      ],
      handler: async ({ principal, body, ip }) => {
        await emails.change({
          accountId: principal.account.id,
          sessionId: principal.sessionId,
          email: body.new_email,
          token: body.token,
          password: body.password,
          ip,
        });
        const account = await accounts.find(principal.account.id);
        if (!account) throw new ApiError('unauthorized_and_force_logout');
        return toProfile(account);
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/account/change-email/check-email-unique',
      auth: 'console',
      permission: 'account.self',
      summary: 'Whether nobody has this address yet.',
      tag,
      rate: 'mail',
      body: z.object({ email: emailField }),
      response: resultSchema,
      errors: ['email_already_in_use'],
      handler: async ({ body }) => {
        await emails.assertFree(body.email);
        return success;
      },
    }),
  ];
}
