import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EnvironmentError, readEnvironment } from './environment.ts';
import { readEnvironmentFile } from './environment-file.ts';

function refusal(source: Record<string, string>): EnvironmentError {
  try {
    readEnvironment(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('readEnvironment', () => {
  it('listens on the loopback address and port 3000 when nothing is set', () => {
    const { server } = readEnvironment({});
    expect([server.bindAddress, server.port, server.mode]).toEqual(['127.0.0.1', 3000, 'all']);
  });

  it('takes an empty value for unset', () => {
    expect(readEnvironment({ DIFY_PORT: '', LOG_LEVEL: '  ' }).server.port).toBe(3000);
  });

  it.each([
    ['DIFY_PORT', '8080', (e: ReturnType<typeof readEnvironment>) => e.server.port, 8080],
    ['LOG_LEVEL', 'warning', (e: ReturnType<typeof readEnvironment>) => e.logging.level, 'warn'],
    ['ALLOW_REGISTER', 'YES', (e: ReturnType<typeof readEnvironment>) => e.accounts.allowRegister, true],
    ['ALLOW_REGISTER', '0', (e: ReturnType<typeof readEnvironment>) => e.accounts.allowRegister, false],
    [
      'UPLOAD_FILE_SIZE_LIMIT',
      '2',
      (e: ReturnType<typeof readEnvironment>) => e.uploads.documentMaxBytes,
      2_097_152,
    ],
    [
      'FILES_ACCESS_TIMEOUT',
      '10',
      (e: ReturnType<typeof readEnvironment>) => e.storage.linkLifetimeMs,
      10_000,
    ],
    [
      'REFRESH_TOKEN_EXPIRE_DAYS',
      '1',
      (e: ReturnType<typeof readEnvironment>) => e.accounts.refreshTokenMs,
      86_400_000,
    ],
    [
      'CSP_WHITELIST',
      'a.com, b.com',
      (e: ReturnType<typeof readEnvironment>) => e.server.contentSecurityPolicyOrigins,
      ['a.com', 'b.com'],
    ],
    [
      'CONSOLE_WEB_URL',
      'https://x.org/',
      (e: ReturnType<typeof readEnvironment>) => e.addresses.consoleWeb,
      'https://x.org',
    ],
    [
      'CODE_MAX_NUMBER',
      '9223372036854775807',
      (e: ReturnType<typeof readEnvironment>) => e.sandbox.maxNumber,
      2n ** 63n - 1n,
    ],
  ])('reads %s=%s', (name, text, pick, expected) => {
    expect(pick(readEnvironment({ [name]: text }))).toEqual(expected);
  });

  it.each([
    ['LOG_LEVEL', 'LOUD', 'LOG_LEVEL is "LOUD"; allowed: DEBUG, INFO, WARNING, WARN, ERROR, CRITICAL, FATAL'],
    ['DB_TYPE', 'mysql', 'DB_TYPE is "mysql"; allowed: postgresql'],
    ['STORAGE_TYPE', 'floppy', 'STORAGE_TYPE is "floppy"; allowed: local, opendal, s3'],
    ['DIFY_PORT', '70000', 'DIFY_PORT is "70000"; allowed: a whole number from 0 to 65535'],
    ['DIFY_PORT', '0x50', 'DIFY_PORT is "0x50"; allowed: a whole number from 0 to 65535'],
    ['ALLOW_EMBED', 'maybe', 'ALLOW_EMBED is "maybe"; allowed: true, false (or 1, 0, yes, no, on, off)'],
    ['APP_MAX_EXECUTION_TIME', '20m', 'APP_MAX_EXECUTION_TIME is "20m"; allowed: a number of seconds from 0'],
    [
      'FILES_URL',
      'ftp://x',
      'FILES_URL is "ftp://x"; allowed: an address that starts with http:// or https://',
    ],
  ])('refuses %s=%s and names what is allowed', (name, text, sentence) => {
    expect(refusal({ [name]: text }).message).toContain(sentence);
  });

  it('names every refused variable at once', () => {
    expect(refusal({ MODE: 'web', DIFY_PORT: 'x', LOG_LEVEL: 'INFO' }).variables).toEqual([
      'MODE',
      'DIFY_PORT',
    ]);
  });

  it('accepts an older name with a warning, and names it when its value is refused', () => {
    const environment = readEnvironment({ MULTIMODAL_SEND_IMAGE_FORMAT: 'url' });
    expect(environment.uploads.multimodalFormat).toBe('url');
    expect(environment.warnings).toEqual([
      'MULTIMODAL_SEND_IMAGE_FORMAT is an older name; please use MULTIMODAL_SEND_FORMAT.',
    ]);
    expect(refusal({ MULTIMODAL_SEND_IMAGE_FORMAT: 'png' }).message).toContain(
      'MULTIMODAL_SEND_IMAGE_FORMAT is "png"',
    );
  });

  it('spreads an older name over the two that replaced it', () => {
    const { addresses } = readEnvironment({ CONSOLE_URL: 'http://c', CONSOLE_API_URL: 'http://api' });
    expect([addresses.consoleApi, addresses.consoleWeb]).toEqual(['http://api', 'http://c']);
  });

  it('lets the current name win over the older one without a warning', () => {
    const environment = readEnvironment({ SERVICE_API_URL: 'http://new', API_URL: 'http://old' });
    expect([environment.addresses.serviceApi, environment.warnings]).toEqual(['http://new', []]);
  });

  it('masks secrets in the table and marks what was given', () => {
    const { table } = readEnvironment({ SECRET_KEY: 'do-not-show-this-anywhere', DIFY_PORT: '81' });
    expect(JSON.stringify(table)).not.toContain('do-not-show-this-anywhere');
    expect(table.find(({ name }) => name === 'SECRET_KEY')).toEqual({
      name: 'SECRET_KEY',
      value: '••••••',
      given: true,
    });
    expect(
      table
        .filter(({ given }) => given)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['DIFY_PORT', 'SECRET_KEY']);
  });

  it('declares each variable once', () => {
    const names = readEnvironment({}).table.map(({ name }) => name);
    expect(names).toHaveLength(new Set(names).size);
  });
});

describe('readEnvironmentFile', () => {
  it('reads quoted values, comments, exports and Windows line ends', () => {
    const folder = mkdtempSync(join(tmpdir(), 'environment-'));
    try {
      const path = join(folder, '.env');
      writeFileSync(
        path,
        '\uFEFF# settings\r\nA="with # inside"\r\nexport B=\'two words\'\r\nC=plain # a comment\r\nD=\r\n',
      );
      expect(readEnvironmentFile(path)).toEqual({ A: 'with # inside', B: 'two words', C: 'plain', D: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('finds nothing in a file that does not exist', () => {
    expect(readEnvironmentFile(join(tmpdir(), 'there-is-no-such-file.env'))).toEqual({});
  });
});
