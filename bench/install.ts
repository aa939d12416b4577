/** What `npm start` does on a machine that has nothing but Node and npm. Needs the network. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineBench } from './harness/contract.ts';
import { root } from './harness/server.ts';

export default defineBench({
  questions: {
    time: {
      question: 'Installing all dependencies of a fresh clone (npm has them cached)',
      unit: 's',
      better: 'lower',
    },
    size: { question: 'Size of the installed dependencies', unit: 'MB', better: 'lower' },
  },
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-install-'));
    try {
      const clone = join(folder, 'clone');
      execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, clone]);
      const started = performance.now();
      execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: clone,
      });
      const seconds = (performance.now() - started) / 1_000;
      const [megabytes] = execFileSync('du', ['-sm', join(clone, 'node_modules')], {
        encoding: 'utf8',
      }).split('\t');
      return { time: { ours: seconds }, size: { ours: Number(megabytes) } };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});
