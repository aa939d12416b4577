import { chownSync, lchownSync, readdirSync } from 'node:fs';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DataFolder } from '../data-folder.ts';
import { DatabaseError } from './errors.ts';
import { type PostgresBinaries, preparePostgresBinaries } from './postgres-binaries.ts';
import {
  folderArgument,
  type PostgresProcess,
  runProgram,
  startPostgres,
  stopPostmaster,
} from './postgres-process.ts';
import { isPostmasterOf, readPostmaster } from './postmaster-file.ts';
import { databaseIdentity, namedIdentity, type ProcessIdentity } from './process-identity.ts';

/** User and database of the embedded PostgreSQL. */
export const embeddedName = 'trellis';

const port = 5432;
/** sun_path of unix(7) holds 108 bytes with its final zero; macOS has 104. */
const maxSocketBytes = 103;

/** Small, durable, and without the processes and features that one server beside us does not need. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  shared_buffers: '64MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  checkpoint_timeout: '15min',
  max_logical_replication_workers: '0',
  max_parallel_workers_per_gather: '0',
  io_method: 'sync',
  huge_pages: 'off',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '',
  // Statement errors reach the server, which logs them without the values in them.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
};

/** How to reach the embedded database. */
export interface EmbeddedPostgres {
  /** Folder of the Unix socket, short enough to connect to. */
  readonly host: string;
  readonly port: number;
  /** The process of the moment; it changes when a crashed database was started again. */
  processId(): number | undefined;
  close(): Promise<void>;
}

/** What the embedded database needs. */
export interface EmbeddedPostgresOptions {
  readonly dataFolder: DataFolder;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Starts the embedded PostgreSQL on the data folder: makes the cluster at first, stops one that a killed server left
 * running, and starts it again when it ends by itself. Without the folder's lock it joins the one that a server runs.
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (!options.dataFolder.owned) return joinRunning(options.dataFolder);
  const { dataFolder, log, signal } = options;
  const parent = dataFolder.database;
  await mkdir(parent, { recursive: true, mode: 0o711 });
  const probe = await currentCluster(parent);
  const identity = await databaseIdentity(probe ?? join(parent, 'none-yet'));
  const binaries = await preparePostgresBinaries({ identity, caches: cachesFor(dataFolder) });
  const cluster = join(parent, String(binaries.major));
  refuseOtherMajor(probe, cluster, binaries.major);
  if (probe === undefined) {
    log.info('making the database (once)');
    await createCluster({ cluster, binaries, identity, signal });
  }
  const start = async (): Promise<PostgresProcess> => {
    await clearLeftOver(cluster, log);
    return startPostgres({
      file: binaries.postgres,
      args: ['-D', folderArgument(cluster), '-k', '.', '-p', String(port), ...settingArguments()],
      cluster,
      identity,
      log,
      signal,
    });
  };
  return supervise({ start, cluster, log });
}

/** For a command beside a running server. */
async function joinRunning(dataFolder: DataFolder): Promise<EmbeddedPostgres> {
  const cluster = await currentCluster(dataFolder.database);
  const postmaster = cluster === undefined ? undefined : readPostmaster(cluster);
  if (cluster === undefined || postmaster === undefined || !isPostmasterOf(cluster, postmaster.pid)) {
    throw new DatabaseError(
      'database_not_running',
      `A server holds the data folder ${dataFolder.path}, but its database does not run (yet). Try again in a moment.`,
    );
  }
  const socket = await openSocketFolder(cluster);
  return { host: socket.host, port, processId: () => postmaster.pid, close: socket.close };
}

/** Keeps PostgreSQL running until it is closed. */
async function supervise(options: {
  start: () => Promise<PostgresProcess>;
  cluster: string;
  log: Logger;
}): Promise<EmbeddedPostgres> {
  const { start, cluster, log } = options;
  const retryDelaysMs = [0, 200, 1_000, 5_000];
  let current: PostgresProcess | undefined = await start();
  const closing = new AbortController();

  async function keepRunning(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; ) {
      if (current !== undefined) {
        const startedAt = performance.now();
        const how = await current.ended;
        current = undefined;
        if (closing.signal.aborted) return;
        if (performance.now() - startedAt > 60_000) failures = 0;
        log.error({ how }, 'the database ended unexpectedly and is started again');
      }
      await sleep(retryDelaysMs[Math.min(failures, retryDelaysMs.length - 1)]);
      if (closing.signal.aborted) return;
      try {
        current = await start();
        log.info('the database runs again');
      } catch (error) {
        log.error({ err: error }, 'the database could not be started');
      }
      failures += 1;
    }
  }

  const socket = await openSocketFolder(cluster);
  const kept = keepRunning();
  return {
    host: socket.host,
    port,
    processId: () => current?.pid,
    async close() {
      closing.abort();
      await current?.stop();
      await kept;
      await current?.stop();
      await socket.close();
    },
  };
}

/** A path to the socket's folder that fits into a socket address: the folder, or our open descriptor of it. */
async function openSocketFolder(cluster: string): Promise<{ host: string; close(): Promise<void> }> {
  const socket = join(cluster, `.s.PGSQL.${port}`);
  if (Buffer.byteLength(socket) <= maxSocketBytes) return { host: cluster, close: async () => undefined };
  if (process.platform !== 'linux') {
    throw new DatabaseError(
      'database_start_failed',
      `The path of the data folder is too long for a Unix socket (${socket}). Choose a shorter one with TRELLIS_DATA_DIR.`,
    );
  }
  const folder = await open(cluster);
  return { host: `/proc/self/fd/${folder.fd}`, close: () => folder.close() };
}

async function currentCluster(parent: string): Promise<string | undefined> {
  for (const name of await readdirOrNone(parent)) {
    if (/^\d+$/.test(name)) return join(parent, name);
  }
  return undefined;
}

async function readdirOrNone(folder: string): Promise<readonly string[]> {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function refuseOtherMajor(found: string | undefined, wanted: string, major: number): void {
  if (found === undefined || found === wanted) return;
  throw new DatabaseError(
    'database_start_failed',
    `The data folder holds a database of another major version (${found}); this release comes with PostgreSQL ${major}. ` +
      'Make a backup with the release that wrote it and restore it with this one.',
  );
}

/** Copies of the programs: with the data, else where root may put things that can be made again. */
function cachesFor(dataFolder: DataFolder): readonly string[] {
  return [dataFolder.cache, '/var/cache/trellis', join(tmpdir(), `trellis-${process.getuid?.() ?? 0}`)];
}

function settingArguments(): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Makes the cluster aside and moves it into place when it is whole, so that a kill leaves nothing half made. */
async function createCluster(options: {
  cluster: string;
  binaries: PostgresBinaries;
  identity: ProcessIdentity | undefined;
  signal: AbortSignal;
}): Promise<void> {
  const { binaries, identity, signal } = options;
  const draft = `${options.cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const maker = identity === undefined ? undefined : namedIdentity();
  if (maker !== undefined) chownSync(draft, maker.uid, maker.gid);
  const folder = folderArgument(draft);
  await runProgram({
    file: binaries.initdb,
    args: [
      ...['-D', folder, '-U', embeddedName, '--auth=trust', '--encoding=UTF8', '--data-checksums'],
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
    ],
    cluster: draft,
    identity: maker,
    signal,
  });
  await runProgram({
    file: binaries.postgres,
    args: ['--single', '-D', folder, ...settingArguments(), 'postgres'],
    cluster: draft,
    identity: maker,
    input: `CREATE DATABASE ${embeddedName}\n`,
    signal,
  });
  if (identity !== undefined) giveTo(draft, identity);
  await chmod(draft, 0o700);
  await rename(draft, options.cluster);
}

function giveTo(folder: string, { uid, gid }: ProcessIdentity): void {
  lchownSync(folder, uid, gid);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(folder, name), uid, gid);
}

/** We hold the folder's lock, so whatever runs on the cluster lost its server. */
async function clearLeftOver(cluster: string, log: Logger): Promise<void> {
  const postmaster = readPostmaster(cluster);
  if (postmaster !== undefined && isPostmasterOf(cluster, postmaster.pid)) {
    log.info({ pid: postmaster.pid }, 'stopping the database that an earlier server left running');
    await stopPostmaster(cluster, postmaster.pid);
  }
  // These name a process id that now may be another program's (or a zombie's), which would keep PostgreSQL from
  // starting. The lock on the data folder is ours, so nobody who runs can need them.
  for (const name of ['postmaster.pid', `.s.PGSQL.${port}`, `.s.PGSQL.${port}.lock`]) {
    await rm(join(cluster, name), { force: true });
  }
}
