import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import { openTestDatabase, type TestDatabase } from './testing.ts';

const log = pino({ level: 'silent' });
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await openTestDatabase({ migrated: false });
});
afterAll(() => database.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await database.pool.query('drop schema public cascade; create schema public');
});

const write = (name: string, sql: string): Promise<void> => writeFile(join(folder, name), sql);
const run = (upTo?: number): Promise<readonly string[]> =>
  migrate(database.pool, folder, upTo === undefined ? { log } : { log, upTo });
const tables = async (): Promise<readonly string[]> => {
  const { rows } = await database.pool.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  return rows.map(({ name }) => name);
};

describe('migrate', () => {
  it('applies each file once, in order', async () => {
    await write('0002_b.sql', 'insert into a values (2); create table b ();');
    await write('0001_a.sql', 'create table a (n int);');
    expect(await run()).toEqual(['0001_a', '0002_b']);
    expect(await run()).toEqual([]);
    expect((await database.pool.query('select n from a')).rows).toEqual([{ n: 2 }]);
  });

  it('goes as far as told', async () => {
    await write('0001_a.sql', 'create table a ();');
    await write('0002_b.sql', 'create table b ();');
    expect(await run(1)).toEqual(['0001_a']);
    expect(await run()).toEqual(['0002_b']);
  });

  it('undoes a failing file whole and keeps those before it', async () => {
    await write('0001_a.sql', 'create table a ();');
    await write('0002_b.sql', 'create table b (); select 1/0;');
    await expect(run()).rejects.toThrow('The migration 0002_b failed and was undone: division by zero');
    expect(await tables()).toEqual(['a', 'schema_migrations']);
    await write('0002_b.sql', 'create table b ();');
    expect(await run()).toEqual(['0002_b']);
  });

  it('refuses to go on when an applied file was changed', async () => {
    await write('0001_a.sql', 'create table a ();');
    await run();
    await write('0001_a.sql', 'create table a (n int);');
    await expect(run()).rejects.toMatchObject({ code: 'migration_changed' });
  });

  it('does not mind Windows line ends', async () => {
    await write('0001_a.sql', 'create table a\n();');
    await run();
    await write('0001_a.sql', 'create table a\r\n();');
    expect(await run()).toEqual([]);
  });

  it('refuses a database that a newer release has migrated', async () => {
    await write('0001_a.sql', 'create table a ();');
    await write('0002_b.sql', 'create table b ();');
    await run();
    await rm(join(folder, '0002_b.sql'));
    await expect(run()).rejects.toMatchObject({ code: 'migration_missing' });
  });

  it('lets servers that start together migrate once', async () => {
    await write('0001_a.sql', 'select pg_sleep(0.2); create table a ();');
    const applied = await Promise.all([run(), run(), run()]);
    expect(applied.flat()).toEqual(['0001_a']);
  });

  it.each([['1_a.sql'], ['0001-a.sql'], ['0001_A.sql']])('refuses the file name %s', async (name) => {
    await write(name, 'select 1;');
    await expect(run()).rejects.toMatchObject({ code: 'migration_badly_named' });
  });

  it('refuses two files with one number', async () => {
    await write('0001_a.sql', 'select 1;');
    await write('0001_b.sql', 'select 1;');
    await expect(run()).rejects.toMatchObject({ code: 'migration_badly_named' });
  });
});
