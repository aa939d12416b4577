import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { JsonReply } from '../../platform/http/route.ts';
import type { AccountService } from './account-service.ts';
import { type SessionTokens, sessionCookies } from './cookies.ts';
import { tokensSchema } from './schema.ts';
import type { SessionService } from './session-service.ts';
import type { Account } from './store.ts';

/** Told, with a 200, to somebody whose password is right and who belongs to no workspace. */
const noWorkspace = 'workspace not found, please contact system admin to invite you to join in a workspace';

/** The answer of every way to sign in (spec: console §3.2). */
export const signInSchema = z.union([
  tokensSchema,
  z.object({ result: z.literal('fail'), data: z.string() }),
]);

/** Tokens as JSON for programs, and as cookies for browsers. */
export function tokensReply(tokens: SessionTokens, sessions: SessionService) {
  return new JsonReply(
    {
      result: 'success' as const,
      data: { access_token: tokens.accessToken, refresh_token: tokens.refreshToken },
    },
    { headers: { 'set-cookie': sessionCookies(tokens, sessions.cookiePolicy), 'cache-control': 'no-store' } },
  );
}

/** Opens a session for somebody who has proved who they are. */
export async function signInReply(input: {
  account: Account;
  request: FastifyRequest;
  ip: string;
  sessions: SessionService;
  service: AccountService;
}) {
  const { account, sessions, service, ip, request } = input;
  if (!(await sessions.hasWorkspace(account.id)) && !(await service.giveWorkspace(account))) {
    return new JsonReply({ result: 'fail' as const, data: noWorkspace });
  }
  const userAgent = request.headers['user-agent'] ?? null;
  return tokensReply(await sessions.open(account.id, { userAgent, ip }), sessions);
}
