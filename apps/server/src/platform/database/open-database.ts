import pg from 'pg';
import type { Logger } from 'pino';
import type { DataFolder } from '../data-folder.ts';
import type { Environment } from '../environment.ts';
import { embeddedName, openEmbeddedPostgres } from './embedded-postgres.ts';
import { DatabaseError } from './errors.ts';

/** The oldest PostgreSQL that the schema works on. */
const minServerVersion = 150_000;
const embeddedPoolSize = 10;
const externalPoolSize = 30;

/** Where the database is. */
export interface DatabaseInfo {
  readonly kind: 'embedded' | 'external';
  /** As PostgreSQL reports it, e.g. `18.4`. */
  readonly version: string;
  /** For people: the socket's folder or host and port; no secrets. */
  readonly place: string;
  /** Process of the embedded server, for measurements. */
  processId(): number | undefined;
}

/** An open database. */
export interface Database {
  readonly pool: pg.Pool;
  readonly info: DatabaseInfo;
  /** How to connect without the pool (LISTEN, COPY, pg-boss); holds the password. */
  readonly connection: pg.PoolConfig;
  /** Ends the pool, then the embedded server when this process started it. */
  close(): Promise<void>;
}

/** What opening needs. */
export interface OpenDatabaseOptions {
  readonly environment: Pick<Environment, 'database'>;
  readonly dataFolder: DataFolder;
  readonly log: Logger;
  /** Ends the wait for a database that does not come up. */
  readonly signal: AbortSignal;
}

/** Whether the settings name an outside PostgreSQL. */
export function usesExternalDatabase(environment: Pick<Environment, 'database'>): boolean {
  return environment.database.host !== undefined;
}

/**
 * Opens the database that the settings name: an outside PostgreSQL when `DB_HOST` is set, else the embedded one in the
 * data folder. Throws DatabaseError whose message says what to do.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const place = usesExternalDatabase(options.environment) ? external(options) : await embedded(options);
  const pool = new pg.Pool(place.connection);
  let closing = false;
  // Idle connections break when the server restarts; the pool replaces them. The error carries its whole client.
  pool.on('error', ({ message }) => {
    if (!closing) options.log.warn({ reason: message }, 'an idle database connection broke');
  });
  // One that breaks while a transaction is between two statements fails the next of them, and not the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    const version = await checkServer(pool, place.describe);
    options.log.info({ kind: place.kind, version }, 'the database is open');
    return {
      pool,
      info: { kind: place.kind, version, place: place.describe, processId: place.processId },
      connection: place.connection,
      async close() {
        closing = true;
        await pool.end();
        await place.close();
      },
    };
  } catch (error) {
    await pool.end();
    await place.close();
    throw error;
  }
}

interface Place {
  readonly kind: DatabaseInfo['kind'];
  readonly connection: pg.PoolConfig;
  readonly describe: string;
  processId(): number | undefined;
  close(): Promise<void>;
}

async function embedded(options: OpenDatabaseOptions): Promise<Place> {
  const server = await openEmbeddedPostgres(options);
  const { database } = options.environment;
  return {
    kind: 'embedded',
    connection: {
      host: server.host,
      port: server.port,
      user: embeddedName,
      database: embeddedName,
      max: database.poolSize ?? embeddedPoolSize,
      connectionTimeoutMillis: database.connectTimeoutMs,
      application_name: 'trellis',
    },
    describe: `embedded in ${options.dataFolder.database}`,
    processId: server.processId,
    close: server.close,
  };
}

function external({ environment: { database } }: OpenDatabaseOptions): Place {
  const connection: pg.PoolConfig = {
    host: database.host,
    port: database.port,
    user: database.username,
    password: database.password,
    database: database.name,
    max: (database.poolSize ?? externalPoolSize) + (database.poolOverflow ?? 0),
    connectionTimeoutMillis: database.connectTimeoutMs,
    maxLifetimeSeconds: Math.ceil(database.connectionLifetimeMs / 1_000),
    keepAlive: true,
    application_name: 'trellis',
    options: '-c timezone=UTC',
    ...sslOf(database.extras),
  };
  return {
    kind: 'external',
    connection,
    describe: `${database.host}:${database.port}/${database.name}`,
    processId: () => undefined,
    close: async () => undefined,
  };
}

/** `DB_EXTRAS` is a list of connection parameters as in a URL; those about TLS have a meaning here. */
function sslOf(extras: string | undefined): Pick<pg.PoolConfig, 'ssl'> {
  const mode = new URLSearchParams(extras ?? '').get('sslmode');
  if (mode === null || mode === 'disable' || mode === 'allow' || mode === 'prefer') return {};
  return { ssl: { rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full' } };
}

async function checkServer(pool: pg.Pool, place: string): Promise<string> {
  const { version, number, encoding } = await ask(pool, place);
  if (number < minServerVersion) {
    throw new DatabaseError(
      'database_too_old',
      `The database at ${place} is PostgreSQL ${version}; Trellis needs 15 or newer.`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new DatabaseError(
      'database_wrong_encoding',
      `The database at ${place} has the encoding ${encoding}; Trellis needs UTF8. Create it with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`,
    );
  }
  return version;
}

interface ServerFacts {
  readonly version: string;
  readonly number: number;
  readonly encoding: string;
}

async function ask(pool: pg.Pool, place: string): Promise<ServerFacts> {
  try {
    const { rows } = await pool.query<ServerFacts>(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
              current_setting('server_encoding') as encoding`,
    );
    const [facts] = rows;
    if (facts !== undefined) return facts;
    throw new Error('it did not answer a question about its version');
  } catch (error) {
    throw new DatabaseError(
      'database_unreachable',
      `The database at ${place} cannot be used: ${reasonOf(error)}. Check DB_HOST, DB_PORT, DB_USERNAME, DB_PASSWORD and DB_DATABASE.`,
      { cause: error },
    );
  }
}

/** Node reports a host with several addresses as an aggregate with an empty message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
