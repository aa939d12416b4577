import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import type { AccountService } from './account-service.ts';
import type { RecoveryService } from './recovery-service.ts';
import type { RegistrationService } from './registration-service.ts';
import {
  checkedSchema,
  codeBody,
  languageField,
  registerBody,
  resetBody,
  resultSchema,
  sendCodeBody,
  sentSchema,
  success,
  timezoneField,
} from './schema.ts';
import type { SessionService } from './session-service.ts';
import { signInReply, signInSchema } from './sign-in-reply.ts';

const tag = 'Accounts';

/** What the routes with mailed codes need. */
export interface CodeRouteOptions {
  service: AccountService;
  sessions: SessionService;
  recovery: RecoveryService;
  registration: RegistrationService;
}

/** Everything that begins with a code in a mail and without a session (spec: console §3.2). */
export function codeRoutes(options: CodeRouteOptions): AnyRoute[] {
  return [...recoveryRoutes(options), ...signInRoutes(options), ...registrationRoutes(options)];
}

function recoveryRoutes({ recovery }: CodeRouteOptions): AnyRoute[] {
  return [
    ...(['/console/api/forgot-password', '/console/api/reset-password'] as const).map((path) =>
      defineRoute({
        method: 'POST',
        path,
        auth: 'public',
        summary: 'Sends a code to reset the password; the answer does not tell whether the address is known.',
        tag,
        rate: 'mail',
        body: sendCodeBody,
        response: sentSchema,
        errors: ['password_reset_rate_limit_exceeded', 'email_send_ip_limit', 'bad_request', 'invalid_param'],
        handler: async ({ body, ip }) => ({
          result: 'success' as const,
          data: await recovery.sendCode({ email: body.email, language: body.language, ip }),
        }),
      }),
    ),
    defineRoute({
      method: 'POST',
      path: '/console/api/forgot-password/validity',
      auth: 'public',
      summary: 'Exchanges a right code for the token that allows a new password.',
      tag,
      rate: 'sign-in',
      body: codeBody,
      response: checkedSchema,
      errors: ['email_code_error', 'invalid_or_expired_token', 'email_password_reset_limit', 'invalid_param'],
      handler: async ({ body, ip }) => ({
        is_valid: true,
        email: body.email,
        token: await recovery.checkCode({ ...body, ip }),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/forgot-password/resets',
      auth: 'public',
      summary: 'Sets a new password and signs all devices out.',
      tag,
      rate: 'sign-in',
      body: resetBody,
      response: resultSchema,
      errors: ['password_mismatch', 'invalid_or_expired_token', 'invalid_param'],
      handler: async ({ body }) => {
        if (body.new_password !== body.password_confirm) throw new ApiError('password_mismatch');
        await recovery.reset({ token: body.token, password: body.new_password });
        return success;
      },
    }),
  ];
}

function signInRoutes({ registration, sessions, service }: CodeRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/console/api/email-code-login',
      auth: 'public',
      summary: 'Sends a code to sign in with; the answer does not tell whether the address is known.',
      tag,
      rate: 'mail',
      body: sendCodeBody,
      response: sentSchema,
      errors: ['email_code_login_rate_limit_exceeded', 'email_send_ip_limit', 'forbidden', 'bad_request'],
      handler: async ({ body, ip }) => ({
        result: 'success' as const,
        data: await registration.sendSignInCode({ email: body.email, language: body.language, ip }),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/email-code-login/validity',
      auth: 'public',
      summary: 'Signs in with a code; makes the account where registering is open.',
      tag,
      rate: 'sign-in',
      body: codeBody.extend({ language: languageField.optional(), timezone: timezoneField.optional() }),
      response: signInSchema,
      errors: [
        'email_code_error',
        'invalid_or_expired_token',
        'account_not_found',
        'account_banned',
        'account_in_freeze',
        'forbidden',
      ],
      handler: async ({ body, ip, request }) => {
        const account = await registration.signInByCode({
          ...body,
          language: body.language,
          timezone: body.timezone,
          ip,
        });
        return signInReply({ account, request, ip, sessions, service });
      },
    }),
  ];
}

function registrationRoutes({ registration, sessions, service }: CodeRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/console/api/email-register/send-email',
      auth: 'public',
      summary: 'Sends a code to register with; the answer does not tell whether the address is known.',
      tag,
      rate: 'mail',
      body: sendCodeBody,
      response: sentSchema,
      errors: ['email_register_rate_limit_exceeded', 'email_send_ip_limit', 'forbidden', 'bad_request'],
      handler: async ({ body, ip }) => ({
        result: 'success' as const,
        data: await registration.sendRegistrationCode({ email: body.email, language: body.language, ip }),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/email-register/validity',
      auth: 'public',
      summary: 'Exchanges a right code for the token that allows to register.',
      tag,
      rate: 'sign-in',
      body: codeBody,
      response: checkedSchema,
      errors: ['email_code_error', 'invalid_or_expired_token', 'email_register_limit', 'forbidden'],
      handler: async ({ body, ip }) => ({
        is_valid: true,
        email: body.email,
        token: await registration.checkRegistrationCode({ ...body, ip }),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/email-register',
      auth: 'public',
      summary: 'Makes the account and signs in.',
      tag,
      rate: 'sign-in',
      body: registerBody,
      response: signInSchema,
      errors: ['password_mismatch', 'invalid_or_expired_token', 'email_already_in_use', 'forbidden'],
      handler: async ({ body, ip, request }) => {
        if (body.new_password !== body.password_confirm) throw new ApiError('password_mismatch');
        const account = await registration.register({
          token: body.token,
          password: body.new_password,
          language: body.language,
          timezone: body.timezone,
        });
        return signInReply({ account, request, ip, sessions, service });
      },
    }),
  ];
}
