import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DataFolder, openDataFolder } from '../../data-folder.ts';
import { readEnvironment } from '../../environment.ts';
import { migrate } from '../migrate.ts';
import { type Database, openDatabase } from '../open-database.ts';
import { checkBackup } from './read-backup.ts';
import { restoreBackup } from './restore-backup.ts';
import { writeBackup } from './write-backup.ts';

const log = pino({ level: 'silent' });
let clockMs = Date.parse('2026-05-04T03:02:01Z');
const now = (): Date => new Date(clockMs);

interface Place {
  readonly dataFolder: DataFolder;
  readonly database: Database;
  close(): Promise<void>;
}

let base: string;
let source: Place;
let target: Place;
let backup: string;
let migrations: string;

async function openPlace(name: string): Promise<Place> {
  const dataFolder = await openDataFolder({ path: join(base, name), role: 'server' });
  const signal = AbortSignal.timeout(60_000);
  const database = await openDatabase({ environment: readEnvironment({}), dataFolder, log, signal });
  return {
    dataFolder,
    database,
    async close() {
      await database.close();
      await dataFolder.close();
    },
  };
}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'backup-'));
  source = await openPlace('source');
  target = await openPlace('target');
  migrations = join(base, 'migrations');
  await mkdir(migrations);
  await writeFile(
    join(migrations, '0001_first.sql'),
    `create type mood as enum ('fine', 'odd');
     create table zoos (id serial primary key, name text not null, mood mood default 'fine');
     create table animals (id int primary key, zoo int not null references zoos, mother int references animals,
                           name text, data jsonb, raw bytea, born timestamptz, length int generated always as (char_length(name)) stored);
     create table visits (at date not null, note text) partition by range (at);
     create table visits_default partition of visits default;
     insert into zoos (name) values ('from the migration');`,
  );
});
afterAll(async () => {
  await source.close();
  await target.close();
  await rm(base, { recursive: true });
});

async function fill(): Promise<void> {
  const { pool } = source.database;
  await migrate(pool, migrations, { log });
  await pool.query(
    `delete from zoos; insert into zoos (name, mood) values ('Łódź \t\\N "zoo"', 'odd'), (E'line\\nbreak', null)`,
  );
  const { rows } = await pool.query<{ id: number }>('select id from zoos order by id');
  await pool.query(
    `insert into animals (id, zoo, mother, name, data, raw, born)
     values (1, $1, 2, 'young 🦁', '{"a": [1.10, null, "\\\\u0041"]}', '\\x00ff0a5c', '2024-02-29 23:59:59.123456+05'),
            (2, $1, null, null, null, null, null)`,
    [rows[0]?.id],
  );
  await pool.query(
    `create table visits_2026 partition of visits for values from ('2026-01-01') to ('2027-01-01')`,
  );
  await pool.query(`insert into visits values ('2026-06-01', 'in time'), ('1999-01-01', 'long ago')`);
  await writeFile(join(source.dataFolder.secrets, 'secret-key'), 'the key');
  await mkdir(join(source.dataFolder.files, 'deep/er'), { recursive: true });
  await writeFile(join(source.dataFolder.files, 'deep/er/a file.bin'), Buffer.alloc(2_500_000, 'content'));
  await writeFile(join(source.dataFolder.files, 'empty'), '');
}

async function contents({ database: { pool }, dataFolder }: Place): Promise<unknown> {
  const rows = async (sql: string): Promise<unknown> => (await pool.query(sql)).rows;
  return {
    zoos: await rows('select * from zoos order by id'),
    animals: await rows('select * from animals order by id'),
    visits: await rows('select *, tableoid::regclass::text as partition from visits order by at'),
    next: await rows(`select last_value, is_called from zoos_id_seq`),
    key: await readFile(join(dataFolder.secrets, 'secret-key'), 'utf8'),
    file: (await readFile(join(dataFolder.files, 'deep/er/a file.bin'))).equals(
      Buffer.alloc(2_500_000, 'content'),
    ),
    empty: (await stat(join(dataFolder.files, 'empty'))).size,
  };
}

const write = (path = backup): ReturnType<typeof writeBackup> =>
  writeBackup({
    database: source.database,
    dataFolder: source.dataFolder,
    path,
    product: '0.1.0',
    includeFiles: true,
    includeKeys: true,
    signal: AbortSignal.timeout(30_000),
    now,
  });
const restore = (replace = false): ReturnType<typeof restoreBackup> =>
  restoreBackup({ ...target, path: backup, migrationsFolder: migrations, replace, log, now });

describe('backup and restore', () => {
  beforeAll(fill);
  beforeEach(() => {
    backup = join(base, 'a.backup');
    clockMs += 60_000;
  });
  afterEach(() => rm(backup, { force: true }));

  it('bring everything back: rows, partitions, sequences, files and keys', async () => {
    expect(await write()).toMatchObject({ tables: 3, files: 3 });
    expect(await restore()).toEqual({ tables: 3, files: 3 });
    expect(await contents(target)).toEqual(await contents(source));
  });

  it('make the backup readable by its owner alone, and leave no draft', async () => {
    await write();
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    expect((await readdir(base)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('describe a backup without restoring it', async () => {
    await write();
    const { header } = await checkBackup(backup);
    expect(header).toMatchObject({
      createdAt: now().toISOString(),
      product: '0.1.0',
      contains: { files: true, keys: true },
    });
    expect(header.migrations.map(({ name }) => name)).toEqual(['0001_first']);
  });

  it('refuse to overwrite data unless told to, and then keep the old files aside', async () => {
    await write();
    await expect(restore()).rejects.toMatchObject({ code: 'restore_not_empty' });
    await target.database.pool.query(`update zoos set name = 'changed'`);
    await restore(true);
    expect(await contents(target)).toEqual(await contents(source));
    expect(await readdir(target.dataFolder.path)).toContain(
      `files.before-${now().toISOString().replaceAll(/[:.]/g, '')}`,
    );
    expect((await readdir(target.dataFolder.path)).filter((name) => name.endsWith('.restoring'))).toEqual([]);
  });

  it('apply migrations that are newer than the backup after its rows', async () => {
    await write();
    const later = join(migrations, '0002_later.sql');
    await writeFile(
      later,
      `alter table zoos add column visitors int; update zoos set visitors = char_length(name);`,
    );
    try {
      await restore(true);
      const { rows } = await target.database.pool.query('select visitors from zoos order by id');
      expect(rows).toEqual([{ visitors: 14 }, { visitors: 10 }]);
    } finally {
      await rm(later);
    }
  });

  it('refuse a backup of a schema that this release does not have', async () => {
    await write();
    const file = join(migrations, '0001_first.sql');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text} -- another history`);
    try {
      await expect(restore(true)).rejects.toMatchObject({ code: 'backup_foreign_schema' });
    } finally {
      await writeFile(file, text);
    }
  });

  it('do not touch a file that is there already', async () => {
    await writeFile(`${backup}.part`, 'mine');
    await expect(write()).rejects.toMatchObject({ code: 'EEXIST' });
    await rm(`${backup}.part`, { force: true });
  });

  describe('with a damaged file', () => {
    let whole: Buffer;
    beforeEach(async () => {
      await write();
      whole = await readFile(backup);
    });

    it.each([
      [
        'another kind of file',
        () => Buffer.from('PK\u0003\u0004 something else entirely\n'),
        'backup_not_a_backup',
      ],
      ['an empty file', () => Buffer.alloc(0), 'backup_not_a_backup'],
      ['a later format', () => Buffer.from('TRELLIS-BACKUP 99\nwhatever'), 'backup_newer_format'],
      ['only its first line', () => Buffer.from('TRELLIS-BACKUP 1\n'), 'backup_incomplete'],
      ['half of it', () => whole.subarray(0, whole.length >> 1), 'backup_incomplete'],
      ['all but its last bytes', () => whole.subarray(0, -64), 'backup_incomplete'],
    ])('refuse %s and change nothing', async (_what, make, code) => {
      const before = await contents(target);
      await writeFile(backup, make());
      await expect(restore(true)).rejects.toMatchObject({ code });
      expect(await contents(target)).toEqual(before);
    });

    it('notice any changed byte', async () => {
      for (const share of [0.2, 0.5, 0.9]) {
        const altered = Buffer.from(whole);
        const at = Math.floor(altered.length * share);
        altered[at] = (altered[at] ?? 0) ^ 0x10;
        await writeFile(backup, altered);
        await expect(checkBackup(backup)).rejects.toThrow(/^The backup/);
      }
    });
  });
});
