import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, testPassword } from '../../testing/test-app.ts';
import type { CommandContext } from '../command.ts';
import { commands } from '../commands.ts';
import { runCommand } from '../run-command.ts';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
  await app.owner();
});
afterAll(() => app.close());

/** Runs a command on the installation of the test; the answers are given in their order. */
async function run(args: string[], answers: string[] = []): Promise<string> {
  const printed: string[] = [];
  const context: CommandContext = {
    environment: app.services.environment,
    log: pino({ level: 'silent' }),
    version: '0.0.0-test',
    migrationsFolder: '/nowhere',
    signal: new AbortController().signal,
    now: () => new Date(),
    print: (line) => printed.push(line),
    ask: async (question) => {
      const answer = answers.shift();
      if (answer === undefined) throw new Error(`no answer to ${question}`);
      return answer;
    },
    // The commands need the database and the keys; the test server has both open.
    open: async () => ({ database: app.database, dataFolder: app.database.dataFolder }),
  };
  await runCommand(commands, args, context);
  return printed.join('\n');
}

const login = (email: string, password: string, ip = '192.0.2.1') =>
  app.anonymous.post('/console/api/login', { email, password }, { ip });

describe('reset-password', () => {
  it('sets the password, ends sessions and lifts the lock', async () => {
    const person = await app.member('normal');
    for (let attempt = 0; attempt < 6; attempt += 1) await login(person.email, 'Wrong-1-x');
    const text = await run(['reset-password', '--email', person.email], ['Brand-new-1', 'Brand-new-1']);
    expect(text).not.toContain('Brand-new-1');
    expect((await person.client.get('/console/api/account/profile')).status).toBe(401);
    expect((await login(person.email, 'Brand-new-1')).status).toBe(200);
  });

  it.each([
    [['nobody@example.com'], 'There is no account'],
    [['owner@example.com', 'short'], 'at least 8 characters'],
    [['owner@example.com', 'Brand-new-1', 'Brand-new-2'], 'do not match'],
  ])('refuses %j', async (answers, sentence) => {
    await expect(run(['reset-password'], answers)).rejects.toThrow(sentence);
  });
});

describe('reset-email', () => {
  it('changes the address', async () => {
    const person = await app.member('normal');
    await run(['reset-email'], [person.email, 'Renamed@example.com', 'renamed@example.com']);
    expect((await login('renamed@example.com', testPassword)).status).toBe(200);
  });

  it('refuses an address that somebody has', async () => {
    const person = await app.member('normal');
    const answers = [person.email, 'owner@example.com', 'owner@example.com'];
    await expect(run(['reset-email'], answers)).rejects.toThrow('Another account');
  });
});

describe('unlock', () => {
  it('lets somebody try again', async () => {
    const person = await app.member('normal');
    const ip = '192.0.2.9';
    for (let attempt = 0; attempt < 5; attempt += 1) await login(person.email, 'Wrong-1-x', ip);
    expect((await login(person.email, testPassword, ip)).status).toBe(429);
    await run(['unlock-account', person.email]);
    expect((await login(person.email, testPassword, ip)).status).toBe(200);
  });
});

describe('reset-encrypt-key-pair', () => {
  it('deletes what the old keys sealed, once the words were typed', async () => {
    const { workspaceId } = await app.owner();
    const pool = app.services.pool;
    const sealed = await app.services.vault.encrypt(workspaceId, 'a secret');
    const appId = '0191d7a0-0000-7000-8000-0000000000aa';
    await pool.query(
      `insert into provider_credentials (id, workspace_id, provider, name, encrypted_config) values ($1, $2, 'p', 'n', '{}')`,
      [appId, workspaceId],
    );
    await pool.query(`insert into apps (id, workspace_id, name, mode) values ($1, $2, 'Flow', 'workflow')`, [
      appId,
      workspaceId,
    ]);
    const variables = [
      { id: '1', name: 'KEY', value_type: 'secret', value: sealed },
      { id: '2', name: 'HOST', value_type: 'string', value: 'example.com' },
    ];
    await pool.query(
      `insert into workflows (id, workspace_id, app_id, kind, version, graph, features, environment_variables,
                              conversation_variables, hash)
       values ($1, $2, $1, 'draft', 'draft', '{}', '{}', $3, '[]', 'h')`,
      [appId, workspaceId, JSON.stringify(variables)],
    );
    await expect(run(['reset-encrypt-key-pair'], ['yes'])).rejects.toThrow('Nothing was changed');
    expect(await app.services.vault.decrypt(workspaceId, sealed)).toBe('a secret');

    expect(await run(['reset-encrypt-key-pair'], ['delete all credentials'])).toContain(
      'workspaces have new keys',
    );
    app.services.vault.forget();
    await expect(app.services.vault.decrypt(workspaceId, sealed)).rejects.toThrow();
    const fresh = await app.services.vault.encrypt(workspaceId, 'another');
    expect(await app.services.vault.decrypt(workspaceId, fresh)).toBe('another');
    const { rows } = await pool.query('select count(*)::int as count from provider_credentials');
    expect(rows).toEqual([{ count: 0 }]);
    const kept = await pool.query('select environment_variables as list from workflows where id = $1', [
      appId,
    ]);
    expect(kept.rows[0].list).toEqual([{ ...variables[0], value: '' }, variables[1]]);
  });
});
