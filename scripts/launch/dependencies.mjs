import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from './lock.mjs';
import { npm } from './npm.mjs';
import { hashFiles, readText, root, timed, writeStamp } from './place.mjs';

const stampPath = join(root, 'node_modules/.trellis-installed');

/**
 * Installs what the lock file names when `node_modules` does not hold it. `npm install` and not `npm ci`: a lock file
 * made behind a mirror can lack the binaries of other platforms, which only `install` adds.
 */
export async function ensureDependencies() {
  if (isStamped()) return;
  if (matchesLock()) {
    writeStamp(stampPath, wantedHash());
    return;
  }
  await exclusively('install', async () => {
    if (isStamped()) return;
    await timed('Installing dependencies (the first time takes about half a minute)', () =>
      npm(['install', '--ignore-scripts'], { cwd: root }),
    );
    writeStamp(stampPath, wantedHash());
  });
}

function isStamped() {
  return readText(stampPath) === wantedHash();
}

function wantedHash() {
  return hashFiles([join(root, 'package-lock.json'), join(root, 'package.json'), ...workspaceManifests()]);
}

function workspaceManifests() {
  return ['apps', 'packages'].flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(root, folder, entry.name, 'package.json'))
      .sort(),
  );
}

/** Whether a hand-run `npm install` already put every package of the lock file in place (optional ones aside). */
function matchesLock() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  const declared = new Set(workspaceManifests().flatMap(declaredNames));
  const known = new Set(
    Object.keys(wanted).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
  );
  if ([...declared].some((name) => !known.has(name))) return false;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      !path.startsWith('node_modules/') ||
      entry.optional === true ||
      entry.link === true ||
      installed[path]?.version === entry.version,
  );
}

function packagesOf(path) {
  const text = readText(path);
  return text === undefined ? undefined : JSON.parse(text).packages;
}

function declaredNames(path) {
  const text = readText(path);
  if (text === undefined) return [];
  const { dependencies = {}, devDependencies = {} } = JSON.parse(text);
  return Object.keys({ ...dependencies, ...devDependencies });
}
