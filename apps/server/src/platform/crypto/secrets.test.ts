import { describe, expect, it } from 'vitest';
import { randomAlphanumeric, randomDigits } from './alphanumeric.ts';
import { createApiKey, hashApiKey, maskApiKey } from './api-key.ts';
import { secretsEqual } from './constant-time.ts';
import { HIDDEN_VALUE, isUnchangedSecret, maskSecret } from './masking.ts';
import { createRandomToken, createRefreshToken, hashToken } from './random-token.ts';
import { assertUsableSecretKey, deriveKey } from './secret-key.ts';

describe('comparing secrets', () => {
  it('says equal for equal texts and different for different ones, whatever their lengths', () => {
    expect(secretsEqual('abc', 'abc')).toBe(true);
    expect(secretsEqual('abc', 'abd')).toBe(false);
    expect(secretsEqual('abc', 'abcd')).toBe(false);
  });

  it.each([
    [null, null],
    [undefined, undefined],
    ['', ''],
    [null, 'a'],
    ['a', undefined],
  ])('never lets %j match %j', (left, right) => {
    expect(secretsEqual(left, right)).toBe(false);
  });
});

describe('random tokens', () => {
  it('hands out 256 bits and stores only their hash', () => {
    const { token, tokenHash } = createRandomToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(tokenHash).toBe(hashToken(token));
    expect(tokenHash).not.toContain(token);
  });

  it('makes refresh tokens of 128 hex characters', () => {
    expect(createRefreshToken().token).toMatch(/^[0-9a-f]{128}$/);
  });

  it.each([[null], [undefined], [''], [['a']], [{ $ne: null }], [7], ['x'.repeat(513)]])(
    'has no hash for %j, so nothing is looked up',
    (value) => {
      expect(hashToken(value)).toBeNull();
    },
  );

  it('refuses to make short ones', () => {
    expect(() => createRandomToken({ bytes: 8 })).toThrow(RangeError);
  });
});

describe('API keys', () => {
  it('are a prefix and 24 letters and digits, with the hash and the hint apart', () => {
    const issued = createApiKey('app');
    expect(issued.key).toMatch(/^app-[A-Za-z0-9]{24}$/);
    expect(issued.keyHash).toBe(hashApiKey(issued.key));
    expect(issued.lastFour).toBe(issued.key.slice(-4));
    expect(createApiKey('dataset').key).toMatch(/^dataset-[A-Za-z0-9]{24}$/);
  });

  it('show prefix and last four only', () => {
    expect(maskApiKey({ prefix: 'app-', lastFour: 'Wx1z' })).toBe(`app-${'*'.repeat(20)}Wx1z`);
  });

  it('share nothing between two of them', () => {
    const keys = new Set(Array.from({ length: 500 }, () => createApiKey('app').key));
    expect(keys.size).toBe(500);
  });
});

describe('random characters', () => {
  it('are not biased by the size of the alphabet', () => {
    const counts = new Map<string, number>();
    for (const character of randomAlphanumeric(62_000)) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(250);
  });

  it('drop bytes that would favour the first letters', () => {
    let call = 0;
    const bytes = (length: number) => new Uint8Array(length).fill(call++ === 0 ? 255 : 1);
    expect(randomAlphanumeric(3, bytes)).toBe('BBB');
  });

  it('give digits of the asked length, zeros in front included', () => {
    expect(randomDigits(6, (length) => new Uint8Array(length))).toBe('000000');
    expect(randomDigits(6)).toMatch(/^\d{6}$/);
  });
});

describe('masking', () => {
  it.each([
    ['', ''],
    ['short', '*'.repeat(20)],
    ['12345678', '*'.repeat(20)],
    ['sk-abcdefghij', `sk-abc${'*'.repeat(12)}ij`],
  ])('shows %j as %j', (secret, shown) => {
    expect(maskSecret(secret)).toBe(shown);
  });

  it('recognises the marker and the displayed form as unchanged', () => {
    expect(isUnchangedSecret(HIDDEN_VALUE, 'anything')).toBe(true);
    expect(isUnchangedSecret(maskSecret('sk-abcdefghij'), 'sk-abcdefghij')).toBe(true);
    expect(isUnchangedSecret('sk-new-value', 'sk-abcdefghij')).toBe(false);
    expect(isUnchangedSecret('', '')).toBe(false);
  });
});

describe('the secret key', () => {
  const published = ['sk', '9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U'].join('-');

  it.each([
    [published, /published example/],
    [` ${published}\n`, /published example/],
    ['difyai123456', /published example/],
    ['k9Xv2', /shorter than 32/],
    ['please-change-me-0123456789abcdefghij', /placeholder/],
    ['ab'.repeat(20), /repeats/],
  ])('is refused when it is %j', (key, why) => {
    expect(() => assertUsableSecretKey(key)).toThrow(why);
    expect(() => assertUsableSecretKey(key)).toThrow(
      expect.objectContaining({ code: 'secret_key_refused', message: expect.not.stringContaining(key) }),
    );
  });

  it('is accepted when it is long and random', () => {
    const key = createRandomToken({ bytes: 42 }).token;
    expect(assertUsableSecretKey(key)).toBe(key);
  });

  it('gives unrelated keys for different purposes', () => {
    const key = createRandomToken().token;
    expect(deriveKey(key, 'a').equals(deriveKey(key, 'a'))).toBe(true);
    expect(deriveKey(key, 'a').equals(deriveKey(key, 'b'))).toBe(false);
  });
});
