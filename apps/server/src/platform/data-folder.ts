import { chmod, mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DataFolderInUseError, type FolderLock, lockFolder } from './data-folder-lock.ts';

/** What this process may do with the data folder. */
export type DataFolderRole =
  /** Serves from it alone; a second server is refused. */
  | 'server'
  /** One of several servers on an outside database, sharing keys and local files. */
  | 'member'
  /** A command: takes the folder when no server has it, else works beside the server. */
  | 'tool';

/** The folder that holds everything an installation must not lose. */
export interface DataFolder {
  readonly path: string;
  /** Whether this process holds the lock; when not, a server does (or nobody needs to). */
  readonly owned: boolean;
  /** The embedded database. */
  readonly database: string;
  /** Uploaded and generated files of the local store. */
  readonly files: string;
  /** Generated keys, for this user alone. */
  readonly secrets: string;
  /** The built-in vector index; can be computed again. */
  readonly vectors: string;
  /** What can be made again at any time. */
  readonly cache: string;
  /** Gives the lock back. The folder must not be used afterwards. */
  close(): Promise<void>;
}

/** Where the data folder is and what for. */
export interface DataFolderOptions {
  /** Absolute, or relative to the working directory. */
  readonly path: string;
  readonly role: DataFolderRole;
}

/** The data folder cannot be made or written to. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
  readonly code = 'data_folder_unusable';
}

/**
 * Makes the data folder where it is missing and takes its lock. Throws DataFolderInUseError when another server has
 * it (roles `server`), DataFolderError when it cannot be used.
 */
export async function openDataFolder(options: DataFolderOptions): Promise<DataFolder> {
  const path = resolve(options.path);
  const layout = {
    database: join(path, 'database'),
    files: join(path, 'files'),
    secrets: join(path, 'secrets'),
    vectors: join(path, 'vectors'),
    cache: join(path, 'cache'),
  };
  try {
    // Others may pass through to what is theirs (the database runs as a user of its own) but not look around.
    await makePrivate(path, 0o711);
    await makePrivate(layout.secrets, 0o700);
    await makePrivate(layout.files, 0o700);
    await makePrivate(layout.vectors, 0o700);
    await makePrivate(layout.cache, 0o711);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DataFolderError(`The data folder ${path} cannot be used: ${why}`, { cause: error });
  }
  const lock = await takeLock(path, options.role);
  return {
    path,
    owned: lock !== undefined,
    ...layout,
    async close() {
      await lock?.release();
    },
  };
}

async function takeLock(path: string, role: DataFolderRole): Promise<FolderLock | undefined> {
  if (role === 'member') return undefined;
  try {
    return await lockFolder(join(path, 'lock'), path);
  } catch (error) {
    if (role === 'tool' && error instanceof DataFolderInUseError) return undefined;
    throw error;
  }
}

async function makePrivate(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true, mode });
  const { mode: current, uid } = await stat(path);
  if ((current & 0o777) !== mode && uid === process.getuid?.()) await chmod(path, mode);
}
