import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataFolder, openDataFolder } from '../data-folder.ts';
import { readEnvironment } from '../environment.ts';
import { type Database, openDatabase } from './open-database.ts';
import { isPostmasterOf } from './postmaster-file.ts';

const log = pino({ level: 'silent' });
const environment = readEnvironment({});
let base: string;
let open: { database: Database; dataFolder: DataFolder }[] = [];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'database-'));
});
afterEach(async () => {
  for (const { database, dataFolder } of open) {
    await database.close();
    await dataFolder.close();
  }
  open = [];
  await rm(base, { recursive: true });
});

async function start(path = base, role: 'server' | 'tool' = 'server'): Promise<Database> {
  const dataFolder = await openDataFolder({ path, role });
  const database = await openDatabase({ environment, dataFolder, log, signal: AbortSignal.timeout(30_000) });
  open.push({ database, dataFolder });
  return database;
}

async function closeLast(): Promise<void> {
  const last = open.pop();
  await last?.database.close();
  await last?.dataFolder.close();
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await condition()) return;
    await sleep(20);
  }
  throw new Error('it did not happen within 10 s');
}

async function setting(database: Database, name: string): Promise<unknown> {
  const { rows } = await database.pool.query<{ value: string }>('select current_setting($1) as value', [
    name,
  ]);
  return rows[0]?.value;
}

describe('the embedded database', () => {
  it('keeps every committed row, checks its pages and sorts by code point', async () => {
    const { pool, info } = await start();
    expect(info.kind).toBe('embedded');
    const { rows } = await pool.query(
      `select datlocprovider, datlocale, current_setting('data_checksums') as checksums, current_setting('fsync') as fsync,
              current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as listen
         from pg_database where datname = current_database()`,
    );
    expect(rows).toEqual([
      { datlocprovider: 'b', datlocale: 'C.UTF-8', checksums: 'on', fsync: 'on', commit: 'on', listen: '' },
    ]);
  });

  it('keeps its data over a restart', async () => {
    await (await start()).pool.query('create table notes as select 42 as answer');
    await closeLast();
    expect((await (await start()).pool.query('select answer from notes')).rows).toEqual([{ answer: 42 }]);
  });

  it('is gone from the process table when closed', async () => {
    const { info } = await start();
    const pid = info.processId();
    expect(pid).toBeGreaterThan(0);
    await closeLast();
    expect(() => process.kill(pid ?? 0, 0)).toThrow();
  });

  it('never runs as root and keeps its folder to itself', async () => {
    await start();
    const cluster = await stat(join(base, 'database', '18'));
    expect(cluster.mode & 0o777).toBe(0o700);
    expect(cluster.uid).not.toBe(0);
  });

  it('comes back by itself after it was killed, with what was committed', async () => {
    const { pool, info } = await start();
    await pool.query('create table notes as select 1 as n');
    const killed = info.processId();
    process.kill(killed ?? 0, 'SIGKILL');
    // Connections of the killed one answer a moment longer: only the new one's answer counts.
    await until(() => ![killed, undefined].includes(info.processId()));
    const kept = () =>
      pool.query('select n from notes').then(
        ({ rows }) => rows,
        () => undefined,
      );
    await until(async () => (await kept()) !== undefined);
    expect(await kept()).toEqual([{ n: 1 }]);
  });

  it('works where the path is too long for a socket address', async () => {
    const long = join(base, 'a-folder-with-a-long-name'.repeat(4), 'data');
    await mkdir(long, { recursive: true });
    expect(await setting(await start(long), 'port')).toBe('5432');
    await closeLast();
  });

  it('works below a folder that only its owner may enter', async () => {
    const closed = join(base, 'closed');
    await mkdir(closed, { mode: 0o700 });
    expect(await setting(await start(join(closed, 'data')), 'port')).toBe('5432');
    await closeLast();
  });

  it('lets a command join the database of a running server and leaves it running', async () => {
    const server = await start();
    await server.pool.query('create table notes as select 7 as n');
    const tool = await start(base, 'tool');
    expect((await tool.pool.query('select n from notes')).rows).toEqual([{ n: 7 }]);
    await closeLast();
    expect((await server.pool.query('select n from notes')).rows).toEqual([{ n: 7 }]);
  });

  it('starts over a file that names a process which is not its own', async () => {
    await start();
    await closeLast();
    await writeFile(
      join(base, 'database/18/postmaster.pid'),
      `${process.ppid}\n${base}\n0\n5432\n.\n\n0 0\nready\n`,
    );
    expect(await setting(await start(), 'port')).toBe('5432');
    expect(isPostmasterOf(join(base, 'database/18'), process.ppid)).toBe(false);
  });

  it('throws away a cluster that was not finished', async () => {
    await mkdir(join(base, 'database/18.new'), { recursive: true });
    await writeFile(join(base, 'database/18.new/PG_VERSION'), '18');
    await start();
    expect(await readdir(join(base, 'database'))).toEqual(['18']);
  });

  it('refuses a cluster of another major version in words', async () => {
    await mkdir(join(base, 'database/12'), { recursive: true });
    await expect(start()).rejects.toThrow('holds a database of another major version');
  });

  it('gives up starting when told to', async () => {
    const dataFolder = await openDataFolder({ path: base, role: 'server' });
    const opening = openDatabase({ environment, dataFolder, log, signal: AbortSignal.timeout(100) });
    await expect(opening).rejects.toThrow(/abort|timeout/i);
    await dataFolder.close();
  });
});

describe('an outside database', () => {
  it('is opened by its address, and a wrong one is explained', async () => {
    const dataFolder = await openDataFolder({ path: base, role: 'member' });
    const nowhere = readEnvironment({ DB_HOST: '127.0.0.1', DB_PORT: '1', DB_PASSWORD: 'p' });
    const opening = openDatabase({
      environment: nowhere,
      dataFolder,
      log,
      signal: AbortSignal.timeout(5_000),
    });
    await expect(opening).rejects.toThrow(
      'The database at 127.0.0.1:1/dify cannot be used: connect ECONNREFUSED',
    );
  });

  it('serves through a socket folder as well', async () => {
    const server = await start();
    const outside = readEnvironment({
      DB_HOST: String(server.connection.host),
      DB_USERNAME: 'trellis',
      DB_DATABASE: 'trellis',
    });
    const dataFolder = await openDataFolder({ path: join(base, 'other'), role: 'member' });
    const database = await openDatabase({
      environment: outside,
      dataFolder,
      log,
      signal: AbortSignal.timeout(5_000),
    });
    expect(database.info.kind).toBe('external');
    expect(await setting(database, 'TimeZone')).toBe('UTC');
    await database.close();
  });

  it('is refused when it does not store UTF-8', async () => {
    const server = await start();
    await server.pool.query(`create database latin encoding 'LATIN1' locale 'C' template template0`);
    const outside = readEnvironment({
      DB_HOST: String(server.connection.host),
      DB_USERNAME: 'trellis',
      DB_DATABASE: 'latin',
    });
    const dataFolder = await openDataFolder({ path: join(base, 'other'), role: 'member' });
    const opening = openDatabase({
      environment: outside,
      dataFolder,
      log,
      signal: AbortSignal.timeout(5_000),
    });
    await expect(opening).rejects.toMatchObject({ code: 'database_wrong_encoding' });
  });
});
