import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assertUsableSecretKey } from './crypto/secret-key.ts';
import type { DataFolder } from './data-folder.ts';

const secretKeyBytes = 48;

/** Where the key comes from. */
export interface SecretKeyOptions {
  /** SECRET_KEY of the environment, when set. */
  readonly given: string | undefined;
  readonly dataFolder: Pick<DataFolder, 'secrets'>;
}

/**
 * The key that everything secret hangs on: the one given (refused with a CryptoError when others could know it), else
 * the one in the data folder, which is generated at first start and readable by this user alone.
 */
export async function loadSecretKey({ given, dataFolder }: SecretKeyOptions): Promise<string> {
  if (given !== undefined) return assertUsableSecretKey(given);
  return loadOrCreate(join(dataFolder.secrets, 'secret-key'), () =>
    randomBytes(secretKeyBytes).toString('base64'),
  );
}

/** Reads a secret, or writes a new one; when several processes try at once, all get the first one's. */
async function loadOrCreate(path: string, generate: () => string): Promise<string> {
  const existing = await readIfThere(path);
  if (existing !== undefined) return existing;
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${generate()}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const written = await readIfThere(path);
  if (written === undefined) throw new Error(`${path} is gone again just after it was written`);
  return written;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    await chmod(path, 0o600);
    if (text === '')
      throw new Error(`${path} is empty; restore it from a backup or delete it to get a new key`);
    return text;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
