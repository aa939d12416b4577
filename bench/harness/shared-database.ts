import { openTestDatabase } from '../../apps/server/src/platform/database/testing.ts';
import { databasePid } from './server.ts';

/** A PostgreSQL that several servers of a benchmark share, and that the benchmark itself can ask. */
export interface SharedDatabase {
  readonly pool: Awaited<ReturnType<typeof openTestDatabase>>['pool'];
  /** Main process of the database. */
  readonly pid: number;
  /** Settings with which a server uses it. */
  readonly env: Readonly<Record<string, string>>;
  /** Flushes of the write-ahead log, and bytes written to it, since the start. */
  log(): Promise<{ flushes: number; bytes: number }>;
  close(): Promise<void>;
}

/** Processes report what they have flushed once a second. */
const statisticsDelayMs = 1_500;

/** Starts an empty database in a folder of its own. */
export async function openSharedDatabase(): Promise<SharedDatabase> {
  const database = await openTestDatabase({ migrated: false });
  const { host, port, user, database: name } = database.connection;
  return {
    pool: database.pool,
    pid: databasePid(database.dataPath),
    env: {
      DB_HOST: String(host),
      DB_PORT: String(port),
      DB_USERNAME: String(user),
      DB_DATABASE: String(name),
      DB_PASSWORD: '',
      SECRET_KEY: 'bench-secret-key-that-protects-nothing-0123456789',
      SSRF_PROXY_ALLOW_PRIVATE_IPS: '127.0.0.1',
    },
    async log() {
      await new Promise((resolve) => setTimeout(resolve, statisticsDelayMs));
      const { rows } = await database.pool.query<{ flushes: number; bytes: number }>(
        `select sum(fsyncs)::int as flushes, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as bytes
         from pg_stat_io where object = 'wal'`,
      );
      return rows[0] ?? { flushes: 0, bytes: 0 };
    },
    close: () => database.close(),
  };
}
