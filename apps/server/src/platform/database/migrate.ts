import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBase, Pool } from 'pg';
import type { Logger } from 'pino';
import { DatabaseError } from './errors.ts';

/** Any fixed number; all servers of one database use the same, so that one migrates and the others wait. */
const advisoryLock = 7_236_518_204;

/** One step of the schema: a file `NNNN_name.sql`. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file. */
  readonly checksum: string;
}

/** How far to go. */
export interface MigrateOptions {
  readonly log: Logger;
  /** The last number to apply; all when left out. */
  readonly upTo?: number;
}

/**
 * Brings the schema up to date, forward only: each file in a transaction of its own, under a lock, recorded with its
 * checksum. A failing file leaves the schema as it was before it. Returns the names applied now.
 * Throws DatabaseError when a recorded file changed, is missing, or fails.
 */
export async function migrate(
  pool: Pool,
  folder: string,
  options: MigrateOptions,
): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLock]);
    await client.query(
      `create table if not exists schema_migrations (
         number integer primary key, name text not null, checksum text not null,
         applied_at timestamptz not null default now())`,
    );
    const pending = pendingOf(migrations, await appliedMigrations(client), options.upTo);
    for (const migration of pending) await apply(client, migration, options.log);
    return pending.map(({ name }) => name);
  } finally {
    // A broken connection has lost the lock already.
    await client.query('select pg_advisory_unlock($1)', [advisoryLock]).catch(() => undefined);
    client.release();
  }
}

/** The migrations of a folder in order. Numbers are unique, four digits, and start at 0001. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)));
  for (const [index, { number, name }] of migrations.entries()) {
    if (migrations[index - 1]?.number === number) {
      throw new DatabaseError('migration_badly_named', `Two migrations have the number of ${name}.`);
    }
  }
  return migrations;
}

async function readMigration(folder: string, file: string): Promise<Migration> {
  const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1];
  if (number === undefined) {
    throw new DatabaseError(
      'migration_badly_named',
      `The migration ${file} is not named like 0001_what_it_does.sql.`,
    );
  }
  const sql = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
  const checksum = createHash('sha256').update(sql).digest('hex');
  return { number: Number(number), name: file.slice(0, -'.sql'.length), sql, checksum };
}

/** What is recorded in a database. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** The migrations that a database has had, in order. The table must exist. */
export async function appliedMigrations(
  client: Pick<ClientBase, 'query'>,
): Promise<readonly AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    'select number, name, checksum from schema_migrations order by number',
  );
  return rows;
}

function pendingOf(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
  upTo = Number.POSITIVE_INFINITY,
): readonly Migration[] {
  for (const { number, name, checksum } of applied) {
    const file = migrations.find((migration) => migration.number === number);
    if (file === undefined) {
      throw new DatabaseError(
        'migration_missing',
        `The database has had the migration ${name}, which this release does not know: it was written by a newer release. ` +
          'Start that one, or restore a backup made before it.',
      );
    }
    if (file.checksum !== checksum) {
      throw new DatabaseError(
        'migration_changed',
        `The migration ${name} was changed after the database had it. Applied migrations are never edited: ` +
          'put the old text back and write a new migration.',
      );
    }
  }
  const known = new Set(applied.map(({ number }) => number));
  return migrations.filter(({ number }) => !known.has(number) && number <= upTo);
}

async function apply(client: ClientBase, migration: Migration, log: Logger): Promise<void> {
  const startedAt = performance.now();
  try {
    await client.query('begin');
    await client.query(migration.sql);
    await client.query('insert into schema_migrations (number, name, checksum) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    const why = error instanceof Error ? error.message : String(error);
    throw new DatabaseError(
      'migration_failed',
      `The migration ${migration.name} failed and was undone: ${why}`,
      {
        cause: error,
      },
    );
  }
  log.info({ migration: migration.name, ms: Math.round(performance.now() - startedAt) }, 'migrated');
}
