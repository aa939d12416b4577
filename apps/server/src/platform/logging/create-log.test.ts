import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../environment.ts';
import { Correlation } from '../telemetry/correlation.ts';
import { createLog } from './create-log.ts';

function openLog(variables: Record<string, string> = {}) {
  const lines: string[] = [];
  const errors: { error: Error; ids: Readonly<Record<string, string>> }[] = [];
  const correlation = new Correlation();
  const environment = readEnvironment(variables);
  const { log, close } = createLog({
    settings: environment.logging,
    debug: environment.server.debug,
    correlation,
    onError: (error, ids) => errors.push({ error, ids }),
    output: { write: (line) => lines.push(line) },
  });
  return { log, close, lines, errors, correlation };
}

const facts = { requestId: 'request-1', workspaceId: 'workspace-1', appId: 'app-1', runId: 'run-1' };

describe('lines for people', () => {
  it('say when, how grave, what, and the facts', () => {
    const { log, lines } = openLog({ LOG_TZ: 'Asia/Shanghai' });
    log.info({ url: 'http://localhost:3000', seconds: 2 }, 'serving');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} INFO {5}serving {2}url=http:\/\/localhost:3000 seconds=2\n$/,
    );
  });

  it('keep to the zone of LOG_TZ', () => {
    const hour = (zone: string) => {
      const { log, lines } = openLog({ LOG_TZ: zone });
      log.info('now');
      return Number(lines[0]?.slice(11, 13));
    };
    expect((hour('Asia/Shanghai') - hour('UTC') + 24) % 24).toBe(8);
  });

  it('tell an error with its causes and where it happened', () => {
    const { log, lines } = openLog();
    log.error({ err: new Error('outer', { cause: new TypeError('inner') }) }, 'it failed');
    const [text] = lines;
    expect(text).toMatch(/ERROR {4}it failed\n {4}Error: outer\n {6}at .*create-log\.test\.ts/);
    expect(text).toContain('\n    caused by TypeError: inner\n      at ');
  });

  it('cannot be forged by what somebody sent', () => {
    const { log, lines } = openLog();
    log.warn({ reason: 'x\n2026-01-01 00:00:00.000 INFO     all is well\u001b[2J' }, 'odd');
    expect(lines[0]?.split('\n')).toHaveLength(2);
    expect(lines[0]).not.toContain('\u001b');
  });
});

describe('lines for programs', () => {
  it('have the fields of the contract', () => {
    const { log, lines, correlation } = openLog({ LOG_OUTPUT_FORMAT: 'json' });
    correlation.run({ ...facts, traceId: 'f'.repeat(32), accountId: 'account-1' }, () =>
      log.warn({ count: 3 }, 'many'),
    );
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      ts: expect.stringMatching(/^\d{4}-.*Z$/),
      severity: 'WARNING',
      service: 'trellis',
      caller: expect.stringMatching(/^platform\/logging\/create-log\.test\.ts:\d+$/),
      trace_id: 'f'.repeat(32),
      message: 'many',
      identity: { tenant_id: 'workspace-1', user_id: 'account-1', user_type: 'account' },
      attributes: {
        count: 3,
        request_id: 'request-1',
        workspace_id: 'workspace-1',
        app_id: 'app-1',
        run_id: 'run-1',
        account_id: 'account-1',
      },
    });
  });

  it('keep the stack beside the attributes', () => {
    const { log, lines } = openLog({ LOG_OUTPUT_FORMAT: 'json' });
    log.error({ err: Object.assign(new Error('no'), { code: 'E_NO' }) }, 'failed');
    const line = JSON.parse(lines[0] ?? '');
    expect(line.attributes.error).toEqual({ type: 'Error', message: 'no', code: 'E_NO' });
    expect(line.stack).toMatch(/^Error: no\n\s+at /);
  });
});

describe('what a line is about', () => {
  it.each(['text', 'json'])('is on every %s line of a request and its turn, however deep', async (format) => {
    const { log, lines, correlation } = openLog({ LOG_OUTPUT_FORMAT: format });
    await correlation.run({ requestId: 'request-1' }, async () => {
      correlation.add({ workspaceId: 'workspace-1', appId: 'app-1' });
      await correlation.runWith({ runId: 'run-1' }, async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        log.info('deep');
      });
    });
    log.info('elsewhere');
    for (const id of Object.values(facts)) {
      expect(lines[0]).toContain(id);
      expect(lines[1]).not.toContain(id);
    }
  });

  it('goes into the reports of errors, and nothing else that was logged does', () => {
    const { log, errors, correlation } = openLog();
    const error = new Error('broken');
    correlation.run({ requestId: 'request-1' }, () => {
      log.error({ err: error, run_id: 'run-1', query: 'a text of somebody' }, 'failed');
      log.warn({ err: new Error('expected') }, 'no report');
    });
    expect(errors).toEqual([{ error, ids: { request_id: 'request-1', run_id: 'run-1' } }]);
  });
});

describe('levels', () => {
  it.each([
    ['WARNING', {}, ['warn', 'error']],
    ['CRITICAL', {}, []],
    ['INFO', { DEBUG: 'true' }, ['debug', 'info', 'warn', 'error']],
  ] as const)('LOG_LEVEL=%s with %j lets %j through', (level, more, through) => {
    const { log, lines } = openLog({ LOG_LEVEL: level, ...more });
    for (const each of ['debug', 'info', 'warn', 'error'] as const) log[each](`it is ${each}`);
    expect(lines.map((line) => /it is (\w+)/.exec(line)?.[1])).toEqual(through);
  });
});

describe('secrets', () => {
  const secret = 'S3cr3t-Value-0123456789abcdef';
  const carriers: readonly (readonly [string, Record<string, unknown>])[] = [
    ['an authorization header', { req: { headers: { authorization: `Bearer ${secret}` } } }],
    ['a cookie', { headers: { Cookie: `access_token=${secret}` } }],
    ['cookies that are set', { headers: { 'set-cookie': [`refresh_token=${secret}; HttpOnly`] } }],
    ['a password at any depth', { a: { b: [{ c: { password: secret } }] } }],
    ['an API key', { provider: { api_key: secret, apiKey: secret, 'x-api-key': secret } }],
    ['credentials', { model: { credentials: { endpoint: 'x', value: secret } } }],
    ['tokens', { access_token: secret, refreshToken: secret, csrf_token: secret }],
    ['a signed address', { url: `https://x.test/files/1/file-preview?timestamp=1&nonce=2&sign=${secret}` }],
    ['a bearer in a text', { reason: `the server said: Authorization: Bearer ${secret} is wrong` }],
    ['an address with a password', { url: `postgresql://trellis:${secret}@db.test/main` }],
    ['an error that quotes a signed address', { err: new Error(`GET http://x.test/?sign=${secret} failed`) }],
    [
      'an error with its request',
      { err: Object.assign(new Error('401'), { request: { headers: { authorization: secret } } }) },
    ],
    [
      'the parameters of a failed statement',
      { err: new Error(`Failed query: insert into accounts values ($1)\nparams: ${secret}`) },
    ],
    ['a cause', { err: new Error('outer', { cause: new Error(`key sk-${secret.replaceAll('-', '')}`) }) }],
  ];

  for (const format of ['text', 'json']) {
    it.each(carriers)(`are left out of ${format} lines: %s`, (_name, fields) => {
      const { log, lines } = openLog({ LOG_OUTPUT_FORMAT: format });
      log.error(fields, 'something');
      expect(lines[0]).toContain('something');
      expect(lines[0]).not.toContain(secret);
      expect(lines[0]).not.toContain(secret.replaceAll('-', ''));
    });
  }

  it('are left out of the message itself', () => {
    const { log, lines } = openLog();
    log.info(`key app-${'a1'.repeat(12)} and eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl`);
    expect(lines[0]).toContain('key app-[redacted] and [redacted]');
  });

  it('are left out of the addresses of webhooks and forms', () => {
    const { log, lines } = openLog();
    const webhook = `/triggers/webhook/${'aB_-'.repeat(6)}`;
    log.info(
      { path: webhook },
      `POST ${webhook.replace('webhook', 'webhook-debug')}, /form/${'x7'.repeat(16)}`,
    );
    expect(lines[0]).toContain('POST /triggers/webhook-debug/[redacted], /form/[redacted]');
    expect(lines[0]).not.toContain('aB_-');
  });

  it('are told apart from counts and ids that sound alike', () => {
    const { log, lines } = openLog();
    log.info({ total_tokens: 12, run_id: 'r', key_id: 'k', design: 'x' }, 'fine');
    expect(lines[0]).toContain('total_tokens=12 run_id=r key_id=k design=x');
  });
});

describe('LOG_FILE', () => {
  it('gets every line too, and makes room when it is full', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trellis-log-'));
    const path = join(folder, 'logs/server.log');
    const { log, lines, close } = openLog({
      LOG_FILE: path,
      LOG_FILE_MAX_SIZE: '0.001',
      LOG_FILE_BACKUP_COUNT: '2',
    });
    for (let index = 0; index < 60; index += 1) log.info({ index, filling: 'x'.repeat(40) }, 'a line');
    close();
    const kept = readdirSync(join(folder, 'logs')).sort();
    expect(kept).toEqual(['server.log', 'server.log.1', 'server.log.2']);
    for (const name of kept) expect(statSync(join(folder, 'logs', name)).size).toBeLessThanOrEqual(1_049);
    const texts = ['server.log.2', 'server.log.1', 'server.log'].map((name) =>
      readFileSync(join(folder, 'logs', name), 'utf8'),
    );
    expect(lines.join('')).toMatch(/\n$/);
    expect(lines.join('').endsWith(texts.join(''))).toBe(true);
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('goes on after a restart', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'trellis-log-')), 'server.log');
    for (const word of ['first', 'second']) {
      const { log, close } = openLog({ LOG_FILE: path });
      log.info(word);
      close();
    }
    expect(readFileSync(path, 'utf8')).toMatch(/first\n.*second\n$/);
  });
});
