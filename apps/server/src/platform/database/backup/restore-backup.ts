import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Logger } from 'pino';
import type { DataFolder } from '../../data-folder.ts';
import { migrate, readMigrations } from '../migrate.ts';
import type { Database } from '../open-database.ts';
import { dropEverything, listPartitions, listTables, quoted } from './catalogue.ts';
import { BackupError } from './errors.ts';
import type { BackupFile, BackupHeader } from './format.ts';
import { type BackupCounts, checkBackup, readBackup } from './read-backup.ts';

/** What to restore, and whereto. */
export interface RestoreOptions {
  readonly database: Database;
  readonly dataFolder: DataFolder;
  /** The backup file. */
  readonly path: string;
  readonly migrationsFolder: string;
  /** Whether what is there now may be thrown away. */
  readonly replace: boolean;
  readonly log: Logger;
  /** Marks the folders that are moved aside. */
  readonly now: () => Date;
}

const areas = ['files', 'secrets'] as const;

/**
 * Restores a backup. The whole file is checked before anything is touched; rows are loaded in one transaction under the
 * schema they were written with; later migrations follow. Throws BackupError.
 */
export async function restoreBackup(options: RestoreOptions): Promise<BackupCounts> {
  const { database, dataFolder, path, migrationsFolder, log } = options;
  const { header } = await checkBackup(path);
  await refuseForeignSchema(header, migrationsFolder);
  await makeRoom(options);
  await migrate(database.pool, migrationsFolder, { log, upTo: header.migrations.at(-1)?.number ?? 0 });
  const drafts = await makeDrafts(dataFolder);
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    await suspendReferences(client);
    const counts = await readBackup(path, {
      header: (read) => prepareTables(client, read),
      table: (description, rows) => loadTable(client, description, rows),
      file: (description, content) => writeDraft(drafts, description, content),
    });
    await placeSequences(client, header);
    await client.query('commit');
    await moveIn(options, drafts, header);
    await client.query('analyze');
    await migrate(database.pool, migrationsFolder, { log });
    return counts;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
    await Promise.all(areas.map((area) => rm(drafts[area], { recursive: true, force: true })));
  }
}

async function refuseForeignSchema(header: BackupHeader, folder: string): Promise<void> {
  const known = await readMigrations(folder);
  for (const { number, name, checksum } of header.migrations) {
    if (known.some((migration) => migration.number === number && migration.checksum === checksum)) continue;
    throw new BackupError(
      'backup_foreign_schema',
      `The backup has had the migration ${name}, which this release does not know in that form. ` +
        `Restore it with the release that wrote it (${header.product}) or a newer one.`,
    );
  }
}

async function makeRoom({ database, dataFolder, replace }: RestoreOptions): Promise<void> {
  if (database.info.kind === 'embedded' && !dataFolder.owned) {
    throw new BackupError(
      'restore_in_use',
      'A server is running on this data folder. Stop it before restoring.',
    );
  }
  if (!replace && !(await isEmpty(database, dataFolder))) {
    throw new BackupError(
      'restore_not_empty',
      'There is data already. Restore into an empty data folder, or say --replace to throw away what is there.',
    );
  }
  const client = await database.pool.connect();
  try {
    await dropEverything(client);
  } finally {
    client.release();
  }
}

async function isEmpty(database: Database, dataFolder: DataFolder): Promise<boolean> {
  const { rows } = await database.pool.query<{ installed: boolean }>(
    `select exists (select from pg_stat_user_tables where schemaname = 'public' and relname <> 'schema_migrations') as installed`,
  );
  return rows[0]?.installed === false && (await readdir(dataFolder.files)).length === 0;
}

/** References are checked again by nobody: the rows held together when they were saved. Needs a superuser. */
async function suspendReferences(client: PoolClient): Promise<void> {
  await client.query('savepoint references_on');
  try {
    await client.query('set local session_replication_role = replica');
  } catch {
    // A lesser user loads tables in the order of their references instead.
    await client.query('rollback to savepoint references_on');
  }
}

async function prepareTables(client: PoolClient, header: BackupHeader): Promise<void> {
  const existing = new Set((await listPartitions(client)).map(({ table }) => table));
  for (const { table, parent, bound } of header.partitions) {
    if (existing.has(table)) continue;
    await client.query(
      `create table public.${quoted(table)} partition of public.${quoted(parent)} ${safeBound(bound)}`,
    );
  }
  // Migrations may have put rows in; the backup has them as they were.
  const names = (await listTables(client)).map(({ name }) => `public.${quoted(name)}`);
  if (names.length > 0) await client.query(`truncate ${names.join(', ')} cascade`);
}

/** The one piece of SQL in a backup: a partition's bound as PostgreSQL prints it, literals and a few words. */
function safeBound(bound: string): string {
  if (/^(DEFAULT|FOR VALUES [A-Z0-9 ,()]*('(?:[^']|'')*'[A-Z0-9 ,()]*)*)$/i.test(bound)) return bound;
  throw new BackupError('backup_damaged', 'The backup is damaged: the bound of a partition cannot be read.');
}

async function loadTable(
  client: PoolClient,
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  rows: AsyncIterable<Buffer>,
): Promise<void> {
  const target = client.query(
    copyFrom(`copy public.${quoted(table)} (${columns.map(quoted).join(', ')}) from stdin`),
  );
  await pipeline(Readable.from(rows, { objectMode: false }), target);
}

async function placeSequences(client: PoolClient, header: BackupHeader): Promise<void> {
  for (const { name, value } of header.sequences) {
    await client.query('select setval($1::regclass, $2::bigint)', [`public.${quoted(name)}`, value]);
  }
}

type Drafts = Readonly<Record<BackupFile['area'], string>>;

async function makeDrafts(dataFolder: DataFolder): Promise<Drafts> {
  const drafts = { files: `${dataFolder.files}.restoring`, secrets: `${dataFolder.secrets}.restoring` };
  for (const area of areas) {
    await rm(drafts[area], { recursive: true, force: true });
    await mkdir(drafts[area], { mode: 0o700 });
  }
  return drafts;
}

async function writeDraft(
  drafts: Drafts,
  { area, path }: BackupFile,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  const target = join(drafts[area], path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await pipeline(content, createWriteStream(target, { flags: 'wx', mode: 0o600 }));
}

/** Swaps the restored folders in. What was there is kept aside when it held anything. */
async function moveIn(
  { dataFolder, now }: RestoreOptions,
  drafts: Drafts,
  header: BackupHeader,
): Promise<void> {
  const present = { files: header.contains.files, secrets: header.contains.keys };
  for (const area of areas.filter((name) => present[name])) {
    const folder = dataFolder[area];
    const kept = await readdir(folder);
    if (kept.length === 0) await rm(folder, { recursive: true });
    else await rename(folder, `${folder}.before-${now().toISOString().replaceAll(/[:.]/g, '')}`);
    await rename(drafts[area], folder);
  }
}
