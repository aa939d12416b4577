/** What `npm start` does on a machine that has nothing but Node and npm. Needs the network. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cloneFresh, type FreshClone } from '../tests/lifecycle/testing/fresh-clone.ts';
import { databaseProcesses } from '../tests/lifecycle/testing/server-process.ts';
import { defineBench } from './harness/contract.ts';

export default defineBench({
  questions: {
    first: {
      question: '`npm start` on a fresh clone, nothing installed, to serving (npm has the packages cached)',
      unit: 's',
      better: 'lower',
    },
    second: { question: '`npm start` again, to serving', unit: 's', better: 'lower' },
    size: { question: 'Size of the installed dependencies', unit: 'MB', better: 'lower' },
    total: {
      question: 'Size of everything after the first start, data included',
      unit: 'MB',
      better: 'lower',
    },
  },
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-install-'));
    try {
      const clone = cloneFresh(join(folder, 'clone'));
      const first = await secondsToServe(clone);
      const second = await secondsToServe(clone);
      return {
        first: { ours: first },
        second: { ours: second },
        size: { ours: megabytesOf(join(clone.path, 'node_modules')) },
        total: { ours: megabytesOf(clone.path) },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});

async function secondsToServe(clone: FreshClone): Promise<number> {
  const started = performance.now();
  const server = clone.start();
  await server.url;
  const seconds = (performance.now() - started) / 1_000;
  server.child.kill('SIGTERM');
  await server.ended;
  while (databaseProcesses(clone.path).length > 0) await sleep(50);
  return seconds;
}

function megabytesOf(path: string): number {
  return Number(execFileSync('du', ['-sm', path], { encoding: 'utf8' }).split('\t')[0]);
}
