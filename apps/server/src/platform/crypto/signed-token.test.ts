import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isCsrfTokenValid } from './csrf.ts';
import { createTokenSigner } from './signed-token.ts';

const secretKey = 'Zk3vQ8mW1xR5tY7uP0aS2dF4gH6jK9lC';
let nowMs = 1_760_000_000_000;
const signer = createTokenSigner({ secretKey, edition: 'SELF_HOSTED', now: () => nowMs });

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}

function forge(header: object, payload: object, key: string): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

describe('signed tokens', () => {
  it('carry the published claims of a console session', async () => {
    const token = await signer.sign('access', { userId: 'u1', sessionId: 's1' }, 3_600);
    expect(claimsOf(token)).toMatchObject({
      user_id: 'u1',
      session_id: 's1',
      exp: 1_760_003_600,
      iss: 'SELF_HOSTED',
      sub: 'Console API Passport',
    });
    await expect(signer.verify('access', token)).resolves.toEqual({
      contents: { userId: 'u1', sessionId: 's1' },
      expiresAt: 1_760_003_600,
    });
  });

  it('carry the published claims of a passport, without expiry for public apps', async () => {
    const contents = { appId: 'a1', appCode: 'c1', endUserId: 'e1' };
    const token = await signer.sign('passport', contents, null);
    const claims = claimsOf(token);
    expect(claims).toMatchObject({
      iss: 'a1',
      sub: 'Web API Passport',
      app_id: 'a1',
      app_code: 'c1',
      end_user_id: 'e1',
    });
    expect(claims).not.toHaveProperty('exp');
    const verified = await signer.verify('passport', token);
    expect(verified.contents).toMatchObject(contents);
    expect(verified.expiresAt).toBeNull();
  });

  it('are refused for every purpose but their own', async () => {
    const access = await signer.sign('access', { userId: 'u1', sessionId: 's1' }, 60);
    for (const purpose of ['csrf', 'passport', 'webLogin'] as const) {
      await expect(signer.verify(purpose, access)).rejects.toMatchObject({ code: 'token_purpose_mismatch' });
    }
  });

  it('expire to the second', async () => {
    const token = await signer.sign('csrf', { userId: 'u1' }, 60);
    nowMs += 59_000;
    await expect(signer.verify('csrf', token)).resolves.toBeDefined();
    nowMs += 1_000;
    await expect(signer.verify('csrf', token)).rejects.toMatchObject({
      code: 'token_expired',
      message: 'Token has expired.',
    });
  });

  it('are refused when signed by another key', async () => {
    const payload = { sub: 'Console API Passport', user_id: 'u', session_id: 's', exp: 9_999_999_999 };
    const token = forge({ alg: 'HS256', typ: 'JWT' }, payload, `${secretKey}x`);
    await expect(signer.verify('access', token)).rejects.toMatchObject({
      code: 'token_signature_invalid',
      message: 'Invalid token signature.',
    });
  });

  it.each([
    [
      'alg none',
      forge({ alg: 'none' }, { sub: 'Console API Passport', user_id: 'u', session_id: 's' }, secretKey),
    ],
    ['another algorithm', forge({ alg: 'HS512' }, { sub: 'x', exp: 9_999_999_999 }, secretKey)],
    [
      'no expiry',
      forge({ alg: 'HS256' }, { sub: 'Console API Passport', user_id: 'u', session_id: 's' }, secretKey),
    ],
    [
      'missing claims',
      forge({ alg: 'HS256' }, { sub: 'Console API Passport', exp: 9_999_999_999 }, secretKey),
    ],
    ['garbage', 'a.b.c'],
    ['empty', ''],
    ['an object', { alg: 'HS256' }],
    ['nothing', null],
    ['megabytes', 'x'.repeat(5_000)],
  ])('are malformed: %s', async (_what, token) => {
    await expect(signer.verify('access', token)).rejects.toMatchObject({ code: 'token_malformed' });
  });

  it('cannot be made eternal where that is not foreseen', async () => {
    await expect(signer.sign('access', { userId: 'u', sessionId: 's' }, null)).rejects.toThrow(RangeError);
  });
});

describe('the CSRF check', () => {
  it('wants header, cookie and person to agree', async () => {
    const mine = await signer.sign('csrf', { userId: 'u1' }, 60);
    const again = await signer.sign('csrf', { userId: 'u1' }, 60);
    const access = await signer.sign('access', { userId: 'u1', sessionId: 's' }, 60);
    const check = (headerToken: string | undefined, cookieToken: string | undefined, userId = 'u1') =>
      isCsrfTokenValid(signer, { headerToken, cookieToken, userId });
    expect(await check(mine, mine)).toBe(true);
    expect(await check(mine, again)).toBe(false);
    expect(await check(mine, mine, 'u2')).toBe(false);
    expect(await check(undefined, mine)).toBe(false);
    expect(await check(undefined, undefined)).toBe(false);
    expect(await check('', '')).toBe(false);
    expect(await check('same-text', 'same-text')).toBe(false);
    expect(await check(access, access)).toBe(false);
  });
});
