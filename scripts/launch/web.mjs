import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from './lock.mjs';
import { hashFiles, readText, root, timed, writeStamp } from './place.mjs';

const web = join(root, 'apps/web');
const stampPath = join(web, 'dist/.built-from');
/** What ends up in the bundle; tests do not. */
const sources = ['apps/web/src', 'apps/web/public', 'packages/contracts/src', 'packages/graph/src'];
const notBundled = /\.test\.tsx?$/;

/** Builds `apps/web/dist` when its sources changed since it was built. A shipped image has no sources: nothing to do. */
export async function ensureWeb(node) {
  if (!existsSync(join(web, 'vite.config.ts'))) return;
  if (readText(stampPath) === sourceHash()) return;
  await exclusively('web', async () => {
    const hash = sourceHash();
    if (readText(stampPath) === hash) return;
    await timed('Building the web', () => build(node));
    writeStamp(stampPath, hash);
  });
}

function sourceHash() {
  const inFolders = sources.flatMap((folder) => filesBelow(join(root, folder)));
  const beside = readdirSync(web, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(web, entry.name))
    .sort();
  return hashFiles([join(root, 'package-lock.json'), ...beside, ...inFolders]);
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() && !notBundled.test(entry.name) ? [path] : [];
    })
    .sort();
}

function build(node) {
  return new Promise((resolve, reject) => {
    const vite = join(root, 'node_modules/vite/bin/vite.js');
    const child = spawn(node, [vite, 'build', '--logLevel', 'warn'], {
      cwd: web,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The web could not be built:\n${output.trim()}`));
    });
  });
}
