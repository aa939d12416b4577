import { createHash, randomUUID } from 'node:crypto';
import { constants, type Dirent, type Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { FileStoreError } from './errors.ts';
import { type FileKey, parseFileKey, prefixOf } from './file-key.ts';
import { type FileStore, fileNotFound, lengthOfRange, limitSource, type StoredFile } from './file-store.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
const READ_SIZE_BYTES = 64 * 1024;
/** Unfinished files live beside the areas, on the same file system, so that a rename makes them appear whole. */
const STAGING = '.staging';

/**
 * Keeps files in a folder. Files are written aside, synced and renamed; they are readable by the server's
 * user only; symbolic links are never followed below the root.
 */
export async function createLocalFileStore(options: { root: string }): Promise<FileStore> {
  await mkdir(options.root, { recursive: true, mode: PRIVATE_FOLDER });
  const root = await realpath(options.root);
  const staging = join(root, STAGING);
  await mkdir(staging, { recursive: true, mode: PRIVATE_FOLDER });

  const pathOf = (key: FileKey): string => join(root, ...parseFileKey(key).split('/'));

  async function stat(key: FileKey): Promise<Stats | null> {
    const path = pathOf(key);
    const found = await lstat(path).catch(nullWhenMissing);
    if (found === null || !found.isFile()) return null;
    await assertInside(root, dirname(path));
    return found;
  }

  async function* walk(folder: string): AsyncGenerator<string, void, void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error): Dirent[] => {
      nullWhenMissing(error);
      return [];
    });
    for (const entry of entries.sort((left, right) => compare(left.name, right.name))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) yield* walk(path);
      else if (entry.isFile()) yield path;
    }
  }

  const store: FileStore = {
    async put(key, source, { maxBytes, signal }) {
      const path = pathOf(key);
      const unfinished = join(staging, randomUUID());
      try {
        const written = await writeSynced(unfinished, limitSource(source, { maxBytes, signal }));
        const folder = dirname(path);
        await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
        await assertInside(root, folder);
        await rename(unfinished, path);
        await syncFolder(folder);
        return written;
      } catch (error) {
        await rm(unfinished, { force: true });
        throw describe(error);
      }
    },

    async get(key, { range, signal } = {}) {
      const found = await stat(key);
      if (found === null) throw fileNotFound();
      const size = range ? lengthOfRange(range, found.size) : found.size;
      return { size, body: readFrom(pathOf(key), { start: range?.start ?? 0, length: size, signal }) };
    },

    async head(key) {
      const found = await stat(key);
      return found && { key, size: found.size, modifiedAt: found.mtime };
    },

    async delete(key) {
      if ((await stat(key)) !== null) await rm(pathOf(key), { force: true });
    },

    async *list(prefix, { signal } = {}) {
      for await (const path of walk(join(root, ...prefixOf(prefix).split('/')))) {
        signal?.throwIfAborted();
        const file = await describeFile(root, path);
        if (file) yield file;
      }
    },

    async check() {
      const probe = join(staging, randomUUID());
      try {
        await writeSynced(probe, limitSource(Buffer.from('probe'), { maxBytes: 16 }));
      } catch (error) {
        throw describe(error);
      } finally {
        await rm(probe, { force: true });
      }
    },
  };
  return store;
}

/** Reads a stretch of a file; the handle is open only while somebody reads. */
async function* readFrom(
  path: string,
  options: { start: number; length: number; signal: AbortSignal | undefined },
): AsyncGenerator<Uint8Array, void, void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error) => {
    throw describe(error);
  });
  try {
    let position = options.start;
    let left = options.length;
    while (left > 0) {
      signal?.throwIfAborted();
      const buffer = Buffer.allocUnsafe(Math.min(READ_SIZE_BYTES, left));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) throw new FileStoreError('storage_unavailable', 'The file ended before its size.');
      position += bytesRead;
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function writeSynced(
  path: string,
  source: AsyncIterable<Uint8Array>,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  const handle = await open(path, 'wx', PRIVATE_FILE);
  try {
    for await (const chunk of source) {
      await handle.writeFile(chunk);
      hash.update(chunk);
      size += chunk.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { size, sha256: hash.digest('hex') };
}

/** The new name is durable only after its folder is; systems that cannot sync folders do without. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => null);
  if (handle === null) return;
  try {
    await handle.sync().catch(() => undefined);
  } finally {
    await handle.close();
  }
}

/** A folder that became a link to elsewhere is as bad as a key with dots. */
async function assertInside(root: string, folder: string): Promise<void> {
  const real = await realpath(folder);
  if (real !== root && !real.startsWith(root + sep)) {
    throw new FileStoreError('storage_unavailable', 'A folder of the file store leads outside of it.');
  }
}

async function describeFile(root: string, path: string): Promise<StoredFile | null> {
  const found = await lstat(path).catch(nullWhenMissing);
  const name = path
    .slice(root.length + 1)
    .split(sep)
    .join('/');
  if (found === null || !isKey(name)) return null;
  return { key: parseFileKey(name), size: found.size, modifiedAt: found.mtime };
}

function isKey(name: string): boolean {
  try {
    return parseFileKey(name) === name;
  } catch {
    return false;
  }
}

function nullWhenMissing(error: unknown): null {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw describe(error);
}

function describe(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (error instanceof FileStoreError || typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) return error;
  if (code === 'ENOENT') return fileNotFound();
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new FileStoreError('storage_refused', 'The server may not use its file folder.', { cause: error });
  }
  const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'is full' : 'cannot be used';
  return new FileStoreError('storage_unavailable', `The file folder ${why} (${code}).`, { cause: error });
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
