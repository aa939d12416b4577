import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { secretsEqual } from '../../platform/crypto/constant-time.ts';
import { deriveKey } from '../../platform/crypto/secret-key.ts';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute, JsonReply } from '../../platform/http/route.ts';
import type { AccountPolicy } from './account-policy.ts';
import type { AccountService } from './account-service.ts';
import { readCookie } from './cookies.ts';
import { resultSchema, setupBody, success } from './schema.ts';

const tag = 'Accounts';
const initCookie = 'init_validated';
const initCookieSeconds = 3_600;

const initSchema = z.object({ status: z.enum(['not_started', 'finished']) });

/** The installation's first steps: the initialisation password where there is one, and the first account. */
export function setupRoutes(options: {
  service: AccountService;
  policy: AccountPolicy;
  secretKey: string;
}): AnyRoute[] {
  const { service, policy } = options;
  // Only who has given the password gets this; it says nothing about the password and dies with it.
  const proof = createHmac('sha256', deriveKey(options.secretKey, 'init-password'))
    .update(policy.initPassword ?? '')
    .digest('hex');

  async function isInitValidated(request: FastifyRequest): Promise<boolean> {
    if (policy.initPassword === undefined || (await service.isSetUp())) return true;
    return secretsEqual(readCookie(request, initCookie), proof);
  }

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
        return (await service.isSetUp())
          ? { step: 'finished' as const, setup_at: setupAt?.toISOString() ?? null }
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
      errors: ['already_setup', 'not_init_validated', 'invalid_param'],
      handler: async ({ body, request }) => {
        if (!(await isInitValidated(request))) throw new ApiError('not_init_validated');
        const { language, ...rest } = body;
        await service.setUp(language === undefined ? rest : { ...rest, language });
        return success;
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/init',
      auth: 'public',
      summary: 'Whether the initialisation password has been given, or none is asked for.',
      tag,
      rate: 'default',
      response: initSchema,
      handler: async ({ request }) => ({
        status: (await isInitValidated(request)) ? ('finished' as const) : ('not_started' as const),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/init',
      auth: 'public',
      summary: 'Takes the initialisation password; the browser may then set the installation up.',
      tag,
      rate: 'sign-in',
      body: z.object({ password: z.string().max(1_024) }),
      response: resultSchema,
      status: 201,
      errors: ['already_setup', 'invalid_param'],
      handler: async ({ body }) => {
        if (await service.isSetUp()) throw new ApiError('already_setup');
        if (policy.initPassword !== undefined && !service.isInitPassword(body.password)) {
          throw invalidParam('password: is not the initialisation password.', 'password');
        }
        const cookie = `${initCookie}=${proof}; Path=/; Max-Age=${initCookieSeconds}; SameSite=Lax; HttpOnly`;
        return new JsonReply(success, { headers: { 'set-cookie': cookie } });
      },
    }),
  ];
}
