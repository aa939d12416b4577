import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What can be downloaded or computed again: the Node binary, the compile cache, stamps. Never user data. */
export const runtimeFolder = join(root, '.runtime');

/** Progress goes to stderr, so that the output of a command can be piped. */
export function say(message) {
  process.stderr.write(`trellis: ${message}\n`);
}

/** Runs `work` and says how long it took. */
export async function timed(what, work) {
  say(`${what} …`);
  const started = Date.now();
  const result = await work();
  say(`${what}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/** A file's text, or undefined when it cannot be read. */
export function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Writes a small file whole or not at all. A checkout that cannot be written to only loses the shortcut. */
export function writeStamp(path, text) {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, text);
    renameSync(`${path}.${process.pid}`, path);
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes(error.code)) throw error;
  }
}

/** Content hash of files, in the order given; a missing file counts as empty. */
export function hashFiles(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash.update(path.slice(root.length)).update('\0');
    try {
      hash.update(readFileSync(path));
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    hash.update('\0');
  }
  return hash.digest('hex');
}
