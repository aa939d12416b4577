import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder } from './data-folder.ts';
import { loadSecretKey } from './data-folder-secrets.ts';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'data-folder-')), 'data');
});
afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true });
});

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

/** A process that takes the lock and keeps it until it is killed. */
async function startOwner(): Promise<ReturnType<typeof spawn>> {
  const program = `
    const { openDataFolder } = await import(${JSON.stringify(join(import.meta.dirname, 'data-folder.ts'))});
    await openDataFolder({ path: ${JSON.stringify(folder)}, role: 'server' });
    process.stdout.write('locked');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ReturnType<typeof spawn>): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('openDataFolder', () => {
  it('makes its folders, with secrets and files for this user alone', async () => {
    const data = await openDataFolder({ path: folder, role: 'server' });
    expect(await Promise.all([data.path, data.secrets, data.files].map(modeOf))).toEqual([
      '711',
      '700',
      '700',
    ]);
    await data.close();
  });

  it('refuses a second server in words and lets one in after the first has ended', async () => {
    const child = await startOwner();
    await expect(openDataFolder({ path: folder, role: 'server' })).rejects.toThrow(
      `The data folder ${folder} is in use by another Trellis server (process ${child.pid} on`,
    );
    await kill(child);
    const data = await openDataFolder({ path: folder, role: 'server' });
    expect(data.owned).toBe(true);
    await data.close();
  });

  it('lets a command work beside a server, without the lock', async () => {
    const child = await startOwner();
    const data = await openDataFolder({ path: folder, role: 'tool' });
    expect(data.owned).toBe(false);
    await data.close();
    await expect(openDataFolder({ path: folder, role: 'server' })).rejects.toMatchObject({
      code: 'data_folder_in_use',
    });
    await kill(child);
  });

  it('is not blocked by a lock whose process id now belongs to another process', async () => {
    const child = await startOwner();
    const left = JSON.parse(await readFile(join(folder, 'lock'), 'utf8'));
    await kill(child);
    await writeFile(join(folder, 'lock'), JSON.stringify({ ...left, pid: process.ppid }));
    const data = await openDataFolder({ path: folder, role: 'server' });
    await data.close();
  });

  it('is not blocked by a lock that another machine left long ago, nor by a damaged one', async () => {
    const first = await openDataFolder({ path: folder, role: 'server' });
    await first.close();
    const lock = join(folder, 'lock');
    await writeFile(
      lock,
      JSON.stringify({ pid: 1, began: '1', world: 'another/machine', host: 'elsewhere' }),
    );
    await utimes(lock, new Date(0), new Date(0));
    await (await openDataFolder({ path: folder, role: 'server' })).close();
    await writeFile(lock, '{"pid":');
    await (await openDataFolder({ path: folder, role: 'server' })).close();
  });

  it('respects a lock that another machine keeps alive', async () => {
    await (await openDataFolder({ path: folder, role: 'server' })).close();
    const lock = join(folder, 'lock');
    await writeFile(
      lock,
      JSON.stringify({ pid: 1, began: '1', world: 'another/machine', host: 'elsewhere' }),
    );
    const beat = setInterval(() => void utimes(lock, new Date(), new Date()), 500);
    await expect(openDataFolder({ path: folder, role: 'server' })).rejects.toThrow('on elsewhere');
    clearInterval(beat);
  });

  it('gives exactly one of many simultaneous processes the lock that a dead one left', async () => {
    await kill(await startOwner());
    const tries = await Promise.allSettled(Array.from({ length: 4 }, startOwnerOrFail));
    const children = tries.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    await Promise.all(children.map(kill));
    expect(children).toHaveLength(1);
  });

  it('leaves nothing but its folders behind', async () => {
    await (await openDataFolder({ path: folder, role: 'server' })).close();
    expect((await readdir(folder)).sort()).toEqual(['cache', 'files', 'secrets', 'vectors']);
  });
});

async function startOwnerOrFail(): Promise<ReturnType<typeof spawn>> {
  const program = `
    const { openDataFolder } = await import(${JSON.stringify(join(import.meta.dirname, 'data-folder.ts'))});
    openDataFolder({ path: ${JSON.stringify(folder)}, role: 'server' }).then(
      () => { process.stdout.write('locked'); setInterval(() => {}, 1000); },
      () => process.exit(3));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`refused with ${code}`);
    }),
  ]);
  return child;
}

describe('loadSecretKey', () => {
  it('generates one key, keeps it, and lets only this user read it', async () => {
    const dataFolder = await openDataFolder({ path: folder, role: 'server' });
    const key = await loadSecretKey({ given: undefined, dataFolder });
    expect(key.length).toBeGreaterThanOrEqual(64);
    expect(await loadSecretKey({ given: undefined, dataFolder })).toBe(key);
    expect(await modeOf(join(dataFolder.secrets, 'secret-key'))).toBe('600');
    await dataFolder.close();
  });

  it('gives processes that start together the same key', async () => {
    const dataFolder = await openDataFolder({ path: folder, role: 'member' });
    const keys = await Promise.all(
      Array.from({ length: 4 }, () => loadSecretKey({ given: undefined, dataFolder })),
    );
    expect(new Set(keys).size).toBe(1);
    expect(await readdir(dataFolder.secrets)).toEqual(['secret-key']);
  });

  it('prefers the given key and refuses a published one', async () => {
    const dataFolder = await openDataFolder({ path: folder, role: 'member' });
    const given = 'q8ZsVb1xN4mKc7RtWy2UjHf5LpAe3GdS9oIi6TkMvBnX0Qz';
    expect(await loadSecretKey({ given, dataFolder })).toBe(given);
    await expect(loadSecretKey({ given: 'changeme', dataFolder })).rejects.toMatchObject({
      code: 'secret_key_refused',
    });
  });
});
