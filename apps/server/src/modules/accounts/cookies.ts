import type { FastifyRequest } from 'fastify';

/** How this installation's cookies are made. */
export interface CookiePolicy {
  /** Both public addresses are https and no cookie domain is set: `Secure` and the `__Host-` prefix. */
  secure: boolean;
  domain: string | undefined;
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
}

/** The tokens of a signed-in browser. */
export interface SessionTokens {
  accessToken: string;
  refreshToken: string;
  csrfToken: string;
}

type CookieName = 'access_token' | 'refresh_token' | 'csrf_token';

function nameOf(name: string, policy: CookiePolicy): string {
  return policy.secure && policy.domain === undefined ? `__Host-${name}` : name;
}

function serialise(
  name: CookieName,
  value: string,
  options: { policy: CookiePolicy; maxAgeSeconds: number; httpOnly: boolean },
): string {
  const { policy } = options;
  const parts = [
    `${nameOf(name, policy)}=${value}`,
    'Path=/',
    `Max-Age=${options.maxAgeSeconds}`,
    'SameSite=Lax',
  ];
  if (options.httpOnly) parts.push('HttpOnly');
  if (policy.secure) parts.push('Secure');
  if (policy.domain !== undefined) parts.push(`Domain=${policy.domain}`);
  return parts.join('; ');
}

/** The three `Set-Cookie` values of a sign-in. */
export function sessionCookies(tokens: SessionTokens, policy: CookiePolicy): string[] {
  return [
    serialise('access_token', tokens.accessToken, {
      policy,
      maxAgeSeconds: policy.accessTokenSeconds,
      httpOnly: true,
    }),
    serialise('refresh_token', tokens.refreshToken, {
      policy,
      maxAgeSeconds: policy.refreshTokenSeconds,
      httpOnly: true,
    }),
    serialise('csrf_token', tokens.csrfToken, {
      policy,
      maxAgeSeconds: policy.refreshTokenSeconds,
      httpOnly: false,
    }),
  ];
}

/** `Set-Cookie` values that remove the three. */
export function clearedCookies(policy: CookiePolicy): string[] {
  const names: CookieName[] = ['access_token', 'refresh_token', 'csrf_token'];
  return names.map((name) =>
    serialise(name, '', { policy, maxAgeSeconds: 0, httpOnly: name !== 'csrf_token' }),
  );
}

/** One cookie of a request, under its plain or its `__Host-` name. */
export function readCookie(request: FastifyRequest, name: string): string | undefined {
  const header = request.headers.cookie;
  if (header === undefined) return undefined;
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at < 0) continue;
    const found = part.slice(0, at).trim();
    if (found === name || found === `__Host-${name}`) return part.slice(at + 1).trim();
  }
  return undefined;
}
