import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloneFresh, hostNodeMajor } from './testing/fresh-clone.ts';
import { databaseProcesses, root, type ServerProcess, until } from './testing/server-process.ts';

const timeoutMs = 600_000;

/** The test clones the checkout and installs packages from somewhere. */
const canClone =
  existsSync(join(root, '.git')) &&
  spawnSync('npm', ['view', 'zod', 'version', '--fetch-retries=0', '--fetch-timeout=20000'], {
    stdio: 'ignore',
  }).status === 0;

describe.skipIf(!canClone)('a fresh clone (skipped without git or a registry of packages)', () => {
  let base: string;
  let server: ServerProcess | undefined;

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'fresh-clone-'));
  });
  afterEach(async () => {
    server?.child.kill('SIGKILL');
    await until('the database ended with its server', () => databaseProcesses(base).length === 0);
    await rm(base, { recursive: true });
  });

  it(
    'serves after `npm start`, below a home that only its owner may enter, and starts again without installing',
    async () => {
      const home = join(base, 'home');
      await mkdir(home, { mode: 0o700 });
      const clone = cloneFresh(join(home, 'trellis'));

      server = clone.start();
      const url = await server.url;
      expect(server.output()).toContain('Installing dependencies');
      expect(server.output().includes('Downloading Node 24')).toBe(hostNodeMajor() < 24);
      expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
      expect(await (await fetch(`${url}/install`)).text()).toContain('<script type="module"');
      expect((await fetch(`${url}/v1/info`)).status).toBe(401);
      expect((await stat(join(clone.path, 'data'))).isDirectory()).toBe(true);
      // A supervisor tells npm only, a terminal's Ctrl-C everybody: the first is the harder one.
      server.child.kill('SIGTERM');
      await server.ended;
      await until('the database stopped', () => databaseProcesses(base).length === 0);
      expect(server.output()).toContain('shutting down');
      expect(clone.changes()).toBe('');

      server = clone.start();
      expect(await (await fetch(`${await server.url}/health`)).json()).toMatchObject({ status: 'ok' });
      expect(server.output()).not.toMatch(/Installing|Building|Downloading/);
      server.child.kill('SIGTERM');
      await server.ended;
    },
    timeoutMs,
  );
});
