import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type DataFolder, openDataFolder } from '../data-folder.ts';
import { type Environment, readEnvironment } from '../environment.ts';
import { migrate } from './migrate.ts';
import { type Database, openDatabase } from './open-database.ts';

/** The migrations of this release. */
export const migrationsFolder = join(import.meta.dirname, '../../../migrations');

/** A database of its own for one test file. */
export interface TestDatabase extends Database {
  readonly dataPath: string;
  readonly dataFolder: DataFolder;
}

/** How to make one. */
export interface TestDatabaseOptions {
  /** Whether to apply the migrations of this release (default true). */
  readonly migrated?: boolean;
  readonly environment?: Environment;
}

/** Opens an embedded database in a temporary folder, for tests of stores; `close` removes everything. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const dataPath = await mkdtemp(join(tmpdir(), 'trellis-test-'));
  const log = pino({ level: 'silent' });
  const dataFolder = await openDataFolder({ path: dataPath, role: 'server' });
  const environment = options.environment ?? readEnvironment({});
  const database = await openDatabase({ environment, dataFolder, log, signal: AbortSignal.timeout(60_000) });
  if (options.migrated !== false) await migrate(database.pool, migrationsFolder, { log });
  return {
    ...database,
    dataPath,
    dataFolder,
    async close() {
      await database.close();
      await dataFolder.close();
      await rm(dataPath, { recursive: true, force: true });
    },
  };
}
