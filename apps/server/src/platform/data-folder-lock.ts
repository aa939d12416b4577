import { readFileSync, readlinkSync } from 'node:fs';
import { link, readFile, rename, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatMs = 2_000;
/** A lock of another machine or container counts as left behind when its owner was silent for this long. */
const silenceMs = 3 * heartbeatMs;
const pollMs = 100;

/** Who holds a lock: enough to tell a living owner from a left-over file and from a recycled process id. */
interface Owner {
  readonly pid: number;
  /** When the process began, in the kernel's own unit; empty where it cannot be read. */
  readonly began: string;
  /** Machine start and process namespace: only inside one of these do process ids mean anything. */
  readonly world: string;
  readonly host: string;
}

/** Somebody else works on the data folder. */
export class DataFolderInUseError extends Error {
  override readonly name = 'DataFolderInUseError';
  readonly code = 'data_folder_in_use';

  constructor(folder: string, owner: { readonly pid: number; readonly host: string }) {
    super(
      `The data folder ${folder} is in use by another Trellis server (process ${owner.pid} on ${owner.host}). ` +
        'Stop that one first, or give this one a folder of its own with TRELLIS_DATA_DIR.',
    );
  }
}

/** A held lock. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes the lock file `path`, or throws DataFolderInUseError naming `folder` and the owner. A lock whose owner died
 * is taken over: at once when it died on this machine, after a few silent seconds when the owner was elsewhere (a
 * container that shares the volume).
 */
export async function lockFolder(path: string, folder: string): Promise<FolderLock> {
  const text = JSON.stringify(self());
  for (;;) {
    if (await create(path, text)) return hold(path, text);
    const found = await readFile(path, 'utf8').catch(() => undefined);
    if (found === undefined) continue;
    const owner = parseOwner(found);
    if (owner !== undefined && (await isAlive(path, owner))) throw new DataFolderInUseError(folder, owner);
    await removeIfUnchanged(path, found);
  }
}

/** Creates the lock with its content in one step, so that nobody reads it half written. */
async function create(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Two servers may find the same dead lock; the rename lets one of them take away what it has seen. */
async function removeIfUnchanged(path: string, seen: string): Promise<void> {
  const aside = `${path}.dead-${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== seen) await link(aside, path).catch(() => undefined);
  await unlink(aside);
}

function hold(path: string, text: string): FolderLock {
  const beat = setInterval(() => {
    const now = new Date();
    // A beat that fails is only a missed beat: the lock's content still names a living process.
    utimes(path, now, now).catch(() => undefined);
  }, heartbeatMs);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      if ((await readFile(path, 'utf8').catch(() => undefined)) === text) await rm(path, { force: true });
    },
  };
}

async function isAlive(path: string, owner: Owner): Promise<boolean> {
  const me = self();
  if (owner.world === me.world) return isRunning(owner);
  const seen = await lastBeat(path);
  if (Date.now() - seen > silenceMs && seen <= Date.now()) return false;
  for (const deadline = Date.now() + silenceMs; Date.now() < deadline; await sleep(pollMs)) {
    if ((await lastBeat(path)) !== seen) return true;
  }
  return false;
}

function isRunning(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (!isCode(error, 'EPERM')) return false;
  }
  return owner.began === '' || owner.began === processBegan(owner.pid);
}

async function lastBeat(path: string): Promise<number> {
  const entry = await stat(path).catch(() => undefined);
  return entry?.mtimeMs ?? 0;
}

function self(): Owner {
  const bootId = readOr('', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = readOr('', () => readlinkSync('/proc/self/ns/pid'));
  return {
    pid: process.pid,
    began: processBegan(process.pid),
    world: `${bootId}/${namespace || hostname()}`,
    host: hostname(),
  };
}

/** Field 22 of proc(5) `stat`: start time in ticks since the machine started. */
function processBegan(pid: number): string {
  const line = readOr('', () => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function parseOwner(text: string): Owner | undefined {
  const value: unknown = readOr(undefined, () => JSON.parse(text));
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, began, world, host } = value as Partial<Record<keyof Owner, unknown>>;
  if (typeof pid !== 'number' || typeof began !== 'string') return undefined;
  if (typeof world !== 'string' || typeof host !== 'string') return undefined;
  return { pid, began, world, host };
}

function readOr<T>(fallback: T, read: () => T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
