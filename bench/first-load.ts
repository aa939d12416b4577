/** What a browser must fetch before the console shows anything. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineBench } from './harness/contract.ts';
import { root } from './harness/server.ts';

const dist = join(root, 'apps/web/dist');

export default defineBench({
  questions: {
    console: {
      question: 'JavaScript of the first load of the console, gzipped',
      unit: 'kB',
      better: 'lower',
    },
    share: { question: 'JavaScript of the first load of the web app, gzipped', unit: 'kB', better: 'lower' },
  },
  run: async () => ({
    console: { ours: firstLoadKb('index.html') },
    share: { ours: firstLoadKb('share.html') },
  }),
});

/** Scripts and preloaded modules that a page names, and what those import statically. */
function firstLoadKb(page: string): number {
  const html = readFileSync(join(dist, page), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\/?([^"]+\.m?js)"/g)].map(([, path]) => path ?? '');
  const files = new Set<string>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    files.add(path);
    const code = readFileSync(join(dist, path), 'utf8');
    for (const [, imported] of code.matchAll(/(?:from|import)\s*["'](\.{1,2}\/[^"']+\.js)["']/g)) {
      visit(join(path, '..', imported ?? ''));
    }
  };
  for (const path of named) visit(path);
  const bytes = [...files].reduce(
    (sum, path) => sum + gzipSync(readFileSync(join(dist, path))).byteLength,
    0,
  );
  return bytes / 1_000;
}
