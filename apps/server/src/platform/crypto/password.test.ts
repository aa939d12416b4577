import { describe, expect, it } from 'vitest';
import { createPasswordHasher, isAcceptablePassword } from './password.ts';

const cheap = { logN: 10, blockSize: 8, parallelism: 1 };
const hasher = createPasswordHasher({ cost: cheap });

describe('password hashing', () => {
  it('accepts the password and nothing else', async () => {
    const stored = await hasher.hash('correct horse 1');
    expect(await hasher.verify('correct horse 1', stored)).toBe(true);
    expect(await hasher.verify('correct horse 2', stored)).toBe(false);
    expect(await hasher.verify('', stored)).toBe(false);
  });

  it('writes its parameters down and salts every hash', async () => {
    const first = await hasher.hash('secret12');
    const second = await hasher.hash('secret12');
    expect(first).toMatch(/^\$scrypt\$ln=10,r=8,p=1\$/);
    expect(first).not.toBe(second);
    expect(first).not.toContain('secret12');
  });

  it('checks hashes made with other parameters and asks to renew them', async () => {
    const stored = await createPasswordHasher({ cost: { logN: 11, blockSize: 8, parallelism: 2 } }).hash(
      'abc12345',
    );
    expect(await hasher.verify('abc12345', stored)).toBe(true);
    expect(hasher.needsRehash(stored)).toBe(true);
    expect(hasher.needsRehash(await hasher.hash('abc12345'))).toBe(false);
  });

  it('treats the two encodings of one accented letter alike', async () => {
    const stored = await hasher.hash('caf\u00e9-1234');
    expect(await hasher.verify('cafe\u0301-1234', stored)).toBe(true);
  });

  it.each([[null], [undefined], [''], ['plain'], ['$scrypt$ln=40,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$']])(
    'answers false for the stored value %j',
    async (stored) => {
      expect(await hasher.verify('whatever1', stored)).toBe(false);
    },
  );

  it('does the same work whether or not the account exists', async () => {
    const real = createPasswordHasher();
    const stored = await real.hash('some pass 1');
    const timeOf = async (hash: string | null) => {
      const start = performance.now();
      await real.verify('other pass 1', hash);
      return performance.now() - start;
    };
    const known = Math.min(await timeOf(stored), await timeOf(stored), await timeOf(stored));
    const unknown = Math.min(await timeOf(null), await timeOf(null), await timeOf(null));
    expect(unknown / known).toBeGreaterThan(0.1);
    expect(unknown / known).toBeLessThan(10);
  });

  it('refuses to hash nothing and to hash megabytes', async () => {
    await expect(hasher.hash('')).rejects.toMatchObject({ code: 'password_unusable' });
    await expect(hasher.hash('x'.repeat(1_025))).rejects.toMatchObject({ code: 'password_unusable' });
    expect(await hasher.verify('x'.repeat(100_000), await hasher.hash('abc12345'))).toBe(false);
  });

  it('serves many at once in turn', async () => {
    const hashes = await Promise.all(
      Array.from({ length: 12 }, (_, index) => hasher.hash(`password${index}`)),
    );
    expect(new Set(hashes).size).toBe(12);
  });
});

describe('the rule for new passwords', () => {
  it.each([
    ['abcd1234', true],
    ['密码密码密码a1', true],
    ['abcdefgh', false],
    ['12345678', false],
    ['abc1234', false],
    ['abcd 1234', false],
    [`a1${'x'.repeat(1_100)}`, false],
  ])('for %j says %s', (password, acceptable) => {
    expect(isAcceptablePassword(password)).toBe(acceptable);
  });
});
