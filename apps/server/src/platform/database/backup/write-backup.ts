import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { DataFolder } from '../../data-folder.ts';
import { appliedMigrations } from '../migrate.ts';
import type { Database } from '../open-database.ts';
import { type BackupTable, listPartitions, listSequences, listTables, quoted } from './catalogue.ts';
import { type BackupFile, type BackupHeader, formatVersion, magic } from './format.ts';
import { encodeJsonFrame, encodeSection } from './frames.ts';
import type { BackupCounts } from './read-backup.ts';

/** What to back up, and whereto. */
export interface WriteBackupOptions {
  readonly database: Database;
  readonly dataFolder: DataFolder;
  /** The file to make. */
  readonly path: string;
  /** Version of Trellis. */
  readonly product: string;
  /** False when an object store keeps the files. */
  readonly includeFiles: boolean;
  /** False when the environment gives the secret key. */
  readonly includeKeys: boolean;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/**
 * Writes a backup while the server goes on: one snapshot of the database, then the files (which the snapshot's rows
 * can only name when they are already there). The file appears when it is whole, readable by this user alone.
 */
export async function writeBackup(
  options: WriteBackupOptions,
): Promise<BackupCounts & { readonly bytes: number }> {
  const draft = `${options.path}.part`;
  const client = await options.database.pool.connect();
  const counts = { tables: 0, files: 0 };
  try {
    await client.query('begin isolation level repeatable read read only');
    await pipeline(
      Readable.from(frames(client, options, counts), { objectMode: false }),
      createZstdCompress(),
      withFirstLine,
      createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }),
      { signal: options.signal },
    );
    await client.query('commit');
    await rename(draft, options.path);
    return { ...counts, bytes: (await stat(options.path)).size };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    // A draft that was there before is another process's work, not ours to remove.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
      await rm(draft, { force: true });
    throw error;
  } finally {
    client.release();
  }
}

async function* withFirstLine(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from(`${magic} ${formatVersion}\n`);
  yield* compressed;
}

async function* frames(
  client: PoolClient,
  options: WriteBackupOptions,
  counts: { tables: number; files: number },
): AsyncGenerator<Buffer> {
  yield encodeJsonFrame('H', await describe(client, options));
  for (const table of await listTables(client)) {
    yield* encodeSection('T', { table: table.name, columns: table.columns }, rowsOf(client, table));
    counts.tables += 1;
  }
  for await (const { absolute, ...description } of filesOf(options)) {
    yield* encodeSection('F', description, createReadStream(absolute));
    counts.files += 1;
  }
  yield encodeJsonFrame('Z', counts);
}

async function describe(client: PoolClient, options: WriteBackupOptions): Promise<BackupHeader> {
  return {
    createdAt: options.now().toISOString(),
    product: options.product,
    database: options.database.info.version,
    migrations: [...(await appliedMigrations(client))],
    partitions: await listPartitions(client),
    sequences: await listSequences(client),
    contains: { files: options.includeFiles, keys: options.includeKeys },
  };
}

function rowsOf(client: PoolClient, table: BackupTable): AsyncIterable<Buffer> {
  const columns = table.columns.map(quoted).join(', ');
  return client.query(copyTo(`copy (select ${columns} from public.${quoted(table.name)}) to stdout`));
}

async function* filesOf({
  dataFolder,
  includeFiles,
  includeKeys,
}: WriteBackupOptions): AsyncGenerator<BackupFile & { readonly absolute: string }> {
  const areas = [
    ...(includeKeys ? (['secrets'] as const) : []),
    ...(includeFiles ? (['files'] as const) : []),
  ];
  for (const area of areas) {
    const folder = dataFolder[area];
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((item) => item.isFile())) {
      const absolute = join(entry.parentPath, entry.name);
      yield { area, path: relative(folder, absolute).split(sep).join('/'), absolute };
    }
  }
}
