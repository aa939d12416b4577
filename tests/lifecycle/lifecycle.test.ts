import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { createFakeProvider } from '@trellis/fake-provider';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareChatApp } from '../../bench/harness/chat-app.ts';
import {
  databaseProcesses,
  postmasterOf,
  processesOfGroup,
  root,
  runCli,
  type ServerProcess,
  type StartOptions,
  startServer,
  until,
} from './testing/server-process.ts';

const isRoot = process.getuid?.() === 0;
/** `nobody`: initdb wants a user that has a name, and this one exists everywhere. */
const ordinaryUser = { uid: 65_534, gid: 65_534 };

let base: string;
let dataPath: string;
let servers: ServerProcess[] = [];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'lifecycle-'));
  dataPath = join(base, 'data');
});
afterEach(async () => {
  for (const { child, ended } of servers) {
    child.kill('SIGKILL');
    await ended;
  }
  servers = [];
  await until('every database ended with its server', () => databaseProcesses(base).length === 0);
  await rm(base, { recursive: true });
});

function start(options: Partial<StartOptions> = {}): ServerProcess {
  const server = startServer({ dataPath, ...options });
  servers.push(server);
  return server;
}

async function health(url: string): Promise<unknown> {
  return (await fetch(`${url}/health`)).json();
}

describe('a server', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops cleanly at %s, its database too, and starts again',
    async (signal) => {
      const first = start();
      expect(await health(await first.url)).toMatchObject({ status: 'ok', pid: first.pid });
      first.child.kill(signal);
      expect(await first.ended).toBe(0);
      expect(databaseProcesses(dataPath)).toEqual([]);
      expect(await readdir(dataPath)).not.toContain('lock');
      const second = start();
      expect(await health(await second.url)).toMatchObject({ status: 'ok' });
    },
  );

  it('lets an answer that is being streamed come to its end before it stops', async () => {
    const provider = await createFakeProvider();
    const server = start();
    try {
      const url = await server.url;
      const app = await prepareChatApp(url, { endpoint: provider.url, name: 'bench-60@30' });
      const answer = await fetch(`${url}/v1/chat-messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${app.key}` },
        body: JSON.stringify({ inputs: {}, query: 'hello', user: 'ada', response_mode: 'streaming' }),
      });
      let text = '';
      for await (const chunk of answer.body ?? []) {
        if (text === '') server.child.kill('SIGTERM');
        text += Buffer.from(chunk).toString();
      }
      expect(text.match(/"event":"message"/g)?.length).toBe(60);
      expect(text).toContain('"event":"message_end"');
      expect(await server.ended).toBe(0);
    } finally {
      await provider.close();
    }
  });

  it('takes the echoes of one Ctrl-C for one', async () => {
    const server = start();
    await server.url;
    for (let sent = 0; sent < 3; sent += 1) server.child.kill('SIGINT');
    expect(await server.ended).toBe(0);
  });

  it('starts after it was killed, and its database does not outlive it', async () => {
    const first = start();
    await first.url;
    first.child.kill('SIGKILL');
    await until('the database ended by itself', () => databaseProcesses(dataPath).length === 0);
    expect(await health(await start().url)).toMatchObject({ status: 'ok' });
  });

  it('starts at once after it was killed, while its old database still runs', async () => {
    const first = start();
    await first.url;
    first.child.kill('SIGKILL');
    await first.ended;
    expect(await health(await start().url)).toMatchObject({ status: 'ok' });
  });

  it('starts after it and its database were killed together', async () => {
    const first = start();
    await first.url;
    process.kill(postmasterOf(dataPath), 'SIGKILL');
    first.child.kill('SIGKILL');
    await first.ended;
    expect(await health(await start().url)).toMatchObject({ status: 'ok' });
  });

  it('refuses in words to share its data folder, and serves on', async () => {
    const first = start();
    const url = await first.url;
    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(
      `The data folder ${dataPath} is in use by another Trellis server (process ${first.pid}`,
    );
    expect(await health(url)).toMatchObject({ status: 'ok' });
  });

  it('gets its database back when that is killed', async () => {
    const server = start();
    const url = await server.url;
    const killed = postmasterOf(dataPath);
    process.kill(killed, 'SIGKILL');
    const setUp = async (): Promise<boolean> => (await fetch(`${url}/console/api/setup`)).ok;
    await until(
      'a request that needs the database is answered',
      async () => (await setUp()) && postmasterOf(dataPath) !== killed,
    );
  });

  it('says which database it cannot reach', async () => {
    const server = start({ env: { DB_HOST: '127.0.0.1', DB_PORT: '1' } });
    expect(await server.ended).toBe(1);
    expect(server.output()).toContain('The database at 127.0.0.1:1/dify cannot be used');
  });

  it('names a setting that it does not understand', async () => {
    const server = start({ env: { LOG_LEVEL: 'LOUD' } });
    expect(await server.ended).toBe(1);
    expect(server.output()).toContain('LOG_LEVEL is "LOUD"; allowed: DEBUG');
    expect(server.output()).not.toContain('    at ');
  });

  it('says that its port is taken', async () => {
    const first = start();
    const { port } = new URL(await first.url);
    const second = start({ dataPath: join(base, 'other'), env: { DIFY_PORT: port } });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain('EADDRINUSE');
  });

  it('keeps its keys and files to its own user', async () => {
    await start().url;
    const modes = await Promise.all(
      ['secrets', 'secrets/secret-key', 'files', 'database/18'].map(
        async (name) => (await stat(join(dataPath, name))).mode & 0o777,
      ),
    );
    expect(modes.map((mode) => mode.toString(8))).toEqual(['700', '600', '700', '700']);
  });

  it('works with data below a home that only root may enter', async () => {
    const home = join(base, 'home');
    await mkdir(home, { mode: 0o700 });
    const server = start({ dataPath: join(home, 'checkout/data') });
    expect(await health(await server.url)).toMatchObject({ status: 'ok' });
  });

  it.runIf(isRoot)('runs as an ordinary user as well (when the tests run as root)', async () => {
    await chmod(base, 0o755);
    await mkdir(dataPath);
    await chown(dataPath, ordinaryUser.uid, ordinaryUser.gid);
    const server = start({ identity: ordinaryUser });
    expect(await health(await server.url)).toMatchObject({ status: 'ok' });
    expect((await stat(join(dataPath, 'database/18'))).uid).toBe(ordinaryUser.uid);
  });
});

describe('the launcher', () => {
  it('hands a stop on and ends as the server ends', async () => {
    const server = start({ command: [process.execPath, join(root, 'scripts/launch.mjs'), 'start'] });
    expect(await health(await server.url)).toMatchObject({ status: 'ok' });
    server.child.kill('SIGINT');
    expect(await server.ended).toBe(0);
    expect(databaseProcesses(dataPath)).toEqual([]);
  });

  it('leaves no server behind when it is killed on a machine with an older Node', async () => {
    // A program that cannot become the server stays in front of it, as the launcher does under an older Node.
    const script = `delete process.execve; process.argv.splice(1, 0, 'launch'); await import(${JSON.stringify(join(root, 'scripts/launch.mjs'))});`;
    const launcher = start({ command: [process.execPath, '--input-type=module', '-e', script, 'start'] });
    const { pid } = (await health(await launcher.url)) as { pid: number };
    expect(pid).not.toBe(launcher.pid);
    launcher.child.kill('SIGKILL');
    await until('the server noticed', () => !isRunning(pid));
    await until('the database stopped', () => databaseProcesses(dataPath).length === 0);
  });

  it('serves for developers, restarts on a change, and leaves nothing at Ctrl-C', async () => {
    const dev = start({
      command: [process.execPath, join(root, 'scripts/launch.mjs'), 'dev'],
      ownGroup: true,
    });
    const { pid: first } = (await health(await dev.url)) as { pid: number };
    await until('the web is served', () =>
      /http:\/\/(localhost|127\.0\.0\.1):\d+\//.test(plain(dev.output())),
    );
    const [web = ''] = /http:\/\/(?:localhost|127\.0\.0\.1):\d+\//.exec(plain(dev.output())) ?? [];
    expect(await (await fetch(web)).text()).toContain('<script type="module"');

    const now = new Date();
    await utimes(join(root, 'apps/server/src/main.ts'), now, now);
    const addresses = () => [...dev.output().matchAll(/ready at http:\/\/[^:\s]+:(\d+)/g)];
    await until('the server started again', () => addresses().length > 1, 60_000);
    const port = addresses().at(-1)?.[1];
    const { pid: second } = (await health(`http://127.0.0.1:${port}`)) as { pid: number };
    expect(second).not.toBe(first);

    // A terminal tells the whole group.
    process.kill(-dev.pid, 'SIGINT');
    await dev.ended;
    await until('everything ended', () => processesOfGroup(dev.pid).length === 0);
    expect(databaseProcesses(dataPath)).toEqual([]);
    expect(await readdir(dataPath)).not.toContain('lock');
  }, 120_000);

  it('explains its commands', async () => {
    const child = spawn(process.execPath, [join(root, 'scripts/launch.mjs'), 'fly'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (chunk) => (text += chunk));
    const [code] = await once(child, 'close');
    expect([code, text]).toEqual([
      2,
      expect.stringContaining('Commands: start, dev, test, check, bench, cli'),
    ]);
  });
});

/** Output without the colours of terminals. */
function plain(text: string): string {
  return stripVTControlCharacters(text);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the command line', () => {
  it('backs up a running server, and restores it where none runs', async () => {
    const server = start();
    const url = await server.url;
    const account = { email: 'ada@example.org', name: 'Ada', password: 'correct-horse-1' };
    const setUp = await fetch(`${url}/console/api/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    });
    expect(setUp.ok).toBe(true);
    const backup = join(base, 'a.backup');
    expect(runCli(['backup', backup], dataPath)).toMatchObject({ code: 0 });
    expect(runCli(['restore', backup], dataPath)).toMatchObject({
      code: 1,
      output: expect.stringContaining('A server is running on this data folder'),
    });
    const elsewhere = join(base, 'elsewhere');
    expect(runCli(['restore', backup], elsewhere)).toMatchObject({ code: 0 });
    const restored = await start({ dataPath: elsewhere }).url;
    expect(await (await fetch(`${restored}/console/api/setup`)).json()).toMatchObject({ step: 'finished' });
  });

  it('checks the installation beside a running server', async () => {
    await start().url;
    const { code, output } = runCli(['doctor'], dataPath);
    expect([code, output]).toEqual([0, expect.stringContaining('(a server is running on it)')]);
    expect(output).toContain('schema: up to date');
  });
});
